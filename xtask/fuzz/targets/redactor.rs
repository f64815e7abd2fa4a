//! Fuzzes what a log hides.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(redactor);
