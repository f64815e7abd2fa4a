//! Fuzzes the file of a dialect.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(dialect);
