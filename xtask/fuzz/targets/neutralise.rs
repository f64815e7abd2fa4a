//! Fuzzes text that somebody else wrote.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(neutralise);
