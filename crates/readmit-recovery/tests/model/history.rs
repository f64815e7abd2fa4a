//! What happened, as the reference remembers it, and what it answers.

/// What both clocks showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) mono: i64,
    pub(crate) wall: i64,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Held(u64),
    HeldAndLead(u64),
    Lead,
    Wait(usize),
    Fresh(i64),
    Failed(i64),
    Refused(i64),
    LockedOut,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Life {
    Unknown,
    For(i64),
    Until(i64),
}

#[derive(Debug)]
pub(crate) enum What {
    Asked,
    Granted { permit: usize },
    Came { generation: u64, by: Option<usize>, age: i64, life: Option<i64>, shrunk: bool },
    Failed { terminal: bool, wait: i64, shrunk: bool },
    Abandoned,
    Rejected { generation: u64, counts: bool, out: bool },
    Accepted { generation: u64 },
    Forgotten,
    Unlocked,
}

/// What the machine was set to, where it matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// How long an expired credential is used for lack of a better one.
    pub(crate) serve_expired_for: i64,
    pub(crate) raises_terminal: bool,
    pub(crate) backoff_base: i64,
    pub(crate) backoff_cap: i64,
}
