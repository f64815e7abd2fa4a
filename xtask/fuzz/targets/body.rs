//! Fuzzes a body.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(body);
