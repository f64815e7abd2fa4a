#![doc = include_str!("../README.md")]

mod clock;
mod draw;
mod epoch;
mod now;
mod step;

pub use crate::clock::{Clock, SystemClock};
pub use crate::draw::{Draw, Draws};
pub use crate::epoch::Epoch;
pub use crate::now::Now;
pub use crate::step::Step;
