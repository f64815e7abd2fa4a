//! Fuzzes a failure as JSON.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(failure);
