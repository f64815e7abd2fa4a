//! Fuzzes the documented error format.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(error_body);
