//! Fuzzes `Retry-After`.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(retry_after);
