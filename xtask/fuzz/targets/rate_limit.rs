//! Fuzzes rate limits.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(rate_limit);
