//! Writes the page that help links lead to: `src/help.md` is its output.

use readmit_message::Catalogue;

fn main() {
    println!("{}", PREFACE.trim_end());
    print!("\n{}", Catalogue::english().handbook());
}

const PREFACE: &str = "\
What each kind of failure means, what causes it, what helps, and how to prevent it.

The help links of a [`Catalogue`](crate::Catalogue) lead to the headings of this page, unless it has \
a [help base](crate::Catalogue::help_base) of its own.
";
