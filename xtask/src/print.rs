//! Lines for a terminal, a file, or a pipe that somebody may have closed.

use std::fmt::Display;
use std::io::Write;

/// Prints a line.
///
/// Where nobody reads it, as behind `| head`, it is left out: what came of it all is in the exit
/// code.
pub(crate) fn line(mut to: impl Write, text: impl Display) {
    let _ = writeln!(to, "{text}");
}
