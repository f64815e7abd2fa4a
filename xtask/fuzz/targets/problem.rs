//! Fuzzes problem details.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(problem);
