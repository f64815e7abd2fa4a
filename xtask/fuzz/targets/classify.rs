//! Fuzzes a whole answer.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(classify);
