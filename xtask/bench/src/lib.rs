//! The benches of readmit, run by `cargo xtask bench`.
//!
//! Each compares what it measures with a yardstick in the same run, for only ratios survive a
//! change of machine.
