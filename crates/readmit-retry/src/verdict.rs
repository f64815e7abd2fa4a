use std::time::Duration;

/// What the caller says of a failure: whether it is worth another attempt.
///
/// There is no default: only whoever knows the error knows whether the same call can succeed.
///
/// # Example
///
/// ```
/// use std::io::{Error, ErrorKind};
///
/// use readmit_retry::Verdict;
///
/// fn judge(error: &Error) -> Verdict {
///     match error.kind() {
///         ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Verdict::Retry,
///         _ => Verdict::Stop,
///     }
/// }
///
/// assert_eq!(judge(&ErrorKind::PermissionDenied.into()), Verdict::Stop);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "again, again later, or not again")]
pub enum Verdict {
    /// Another attempt may succeed, after the policy's delay.
    Retry,
    /// Another attempt may succeed, but not before this long: the server said so.
    ///
    /// The delay is never cut short (rule 43).
    /// It is as long as the call waits from the moment the failure is told, so a date is turned
    /// into a duration first, and one that has passed is [`Duration::ZERO`] (rule 44).
    RetryAfter(Duration),
    /// Another attempt would fail the same way, or may do harm.
    Stop,
}

/// What one of several judges says of a failure, to be weighed by [`Verdict::of`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "no vote, a vote, or a veto")]
pub enum Opinion {
    /// Says nothing, and leaves the matter to the others.
    Abstain,
    /// There is no retry, whatever a judge of higher priority says.
    Forbid,
    /// Says this, unless a judge of higher priority says otherwise.
    Vote(Verdict),
}

impl Verdict {
    /// Weighs opinions, those of the lowest priority first (rule 38).
    ///
    /// A later vote overrides an earlier one, [`Opinion::Forbid`] is final, and a failure of which
    /// nobody says anything is not retried.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_retry::{Opinion, Verdict};
    ///
    /// let by_status = Opinion::Vote(Verdict::Retry);
    /// let by_method = Opinion::Forbid;
    /// assert_eq!(Verdict::of([by_status]), Verdict::Retry);
    /// assert_eq!(Verdict::of([by_method, by_status]), Verdict::Stop);
    /// ```
    #[must_use]
    pub fn of(opinions: impl IntoIterator<Item = Opinion>) -> Verdict {
        let mut verdict = Verdict::Stop;
        for opinion in opinions {
            match opinion {
                Opinion::Abstain => {}
                Opinion::Forbid => return Verdict::Stop,
                Opinion::Vote(vote) => verdict = vote,
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Verdict = Verdict::RetryAfter(Duration::from_secs(7));

    #[test]
    fn r38_a_later_vote_overrides_an_earlier_one() {
        let opinions = [Opinion::Vote(Verdict::Retry), Opinion::Abstain, Opinion::Vote(LATER)];

        assert_eq!(Verdict::of(opinions), LATER);
        assert_eq!(Verdict::of(opinions.into_iter().rev()), Verdict::Retry);
    }

    #[test]
    fn r38_a_vote_to_stop_can_be_overridden_and_a_veto_cannot() {
        let voted = [Opinion::Vote(Verdict::Stop), Opinion::Vote(Verdict::Retry)];
        let vetoed = [Opinion::Forbid, Opinion::Vote(Verdict::Retry)];

        assert_eq!(Verdict::of(voted), Verdict::Retry);
        assert_eq!(Verdict::of(vetoed), Verdict::Stop);
    }

    #[test]
    fn r38_an_unknown_failure_is_not_retried() {
        assert_eq!(Verdict::of([]), Verdict::Stop);
        assert_eq!(Verdict::of([Opinion::Abstain]), Verdict::Stop);
    }
}
