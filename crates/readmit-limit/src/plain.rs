use crate::pace::Pace;

/// What decides on a call, where one thing alone does; instants are in nanoseconds after the origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Plain {
    /// A window of the server that has so many cells left.
    Counted {
        left: u64,
        until: u64,
    },
    /// The quota, or the rate that was found.
    Paced {
        pace: Pace,
        tat: u64,
    },
    Unlimited,
}
