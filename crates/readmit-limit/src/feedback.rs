use std::time::Duration;

/// What a server's answer says of its limits, as numbers and lengths.
///
/// Reading them from headers is up to the caller, for which `readmit-classify` has a parser; a date
/// is to be turned into a length first.
/// Whatever is not known is left out.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_limit::Feedback;
///
/// // X-RateLimit-Limit: 60, X-RateLimit-Remaining: 0, X-RateLimit-Reset: 30
/// let told = Feedback::throttled().limit(60).remaining(0).reset_after(Duration::from_secs(30));
/// assert_ne!(told, Feedback::throttled());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Feedback {
    pub(crate) throttled: bool,
    pub(crate) limit: Option<u64>,
    pub(crate) window: Option<Duration>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset_after: Option<Duration>,
    pub(crate) retry_after: Option<Duration>,
}

impl Feedback {
    /// Starts the feedback of an answer that does not complain of the rate.
    ///
    /// An error is one too, where it says that the server is alive: the adaptive rate counts what
    /// the server took (rule 52).
    #[must_use]
    pub const fn accepted() -> Feedback {
        Feedback {
            throttled: false,
            limit: None,
            window: None,
            remaining: None,
            reset_after: None,
            retry_after: None,
        }
    }

    /// Starts the feedback of an answer that says there were too many calls, such as a 429.
    #[must_use]
    pub const fn throttled() -> Feedback {
        Feedback { throttled: true, ..Feedback::accepted() }
    }

    /// Returns how many calls are left, and in what time there are as many as ever, where both were
    /// told.
    #[must_use]
    pub const fn left(&self) -> Option<(u64, Duration)> {
        match (self.remaining, self.reset_after) {
            (Some(remaining), Some(reset)) => Some((remaining, reset)),
            (Some(_) | None, _) => None,
        }
    }

    /// Sets how many calls the server allows in a window; 0 says nothing.
    #[must_use]
    pub const fn limit(mut self, limit: u64) -> Feedback {
        self.limit = Some(limit);
        self
    }

    /// Sets how long the server's window is; one without length says nothing.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Feedback {
        self.window = Some(window);
        self
    }

    /// Sets how many calls the server still allows in this window.
    #[must_use]
    pub const fn remaining(mut self, remaining: u64) -> Feedback {
        self.remaining = Some(remaining);
        self
    }

    /// Sets how long it is until the next window.
    #[must_use]
    pub const fn reset_after(mut self, reset_after: Duration) -> Feedback {
        self.reset_after = Some(reset_after);
        self
    }

    /// Sets how long the server asks to wait before any further call.
    #[must_use]
    pub const fn retry_after(mut self, retry_after: Duration) -> Feedback {
        self.retry_after = Some(retry_after);
        self
    }

    /// Returns whether it says no more than whether there were too many calls.
    pub(crate) fn says_nothing(&self) -> bool {
        let plain = Feedback { throttled: self.throttled, ..Feedback::accepted() };
        *self == plain
    }
}
