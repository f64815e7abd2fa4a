//! Fuzzes `WWW-Authenticate`.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(challenges);
