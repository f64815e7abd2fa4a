//! Fuzzes a secret in a text.

#![cfg_attr(fuzzing, no_main)]

xtask_fuzz::target!(redact);
