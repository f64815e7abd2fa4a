use std::time::Duration;

/// What is said beside the texts of an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phrase<'a> {
    /// The request may have been carried out already.
    CheckFirst,
    Label(Label),
    /// The command that does what the action says.
    RunCommand(&'a str),
    Wait(Wait),
}

/// What stands above or beside a part of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Label {
    Action,
    Causes,
    Credential,
    Cures,
    Details,
    Help,
    Host,
    Prevention,
    Request,
    Time,
}

/// How long to wait, as a person says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wait {
    Now,
    Seconds(u64),
    Minutes(u64),
    Hours(u64),
    Days(u64),
}

impl Wait {
    /// Rounds up to a whole number of the unit that a person would use, so that nobody comes back
    /// early; what is longer than a year is not worth saying.
    pub(crate) fn of(delay: Duration) -> Option<Wait> {
        let seconds = delay.as_secs().saturating_add(u64::from(0 < delay.subsec_nanos()));
        let (minutes, hours) = (seconds.div_ceil(MINUTE), seconds.div_ceil(HOUR));
        match (seconds, minutes, hours, seconds.div_ceil(DAY)) {
            (0, ..) => Some(Wait::Now),
            (..MINUTE, ..) => Some(Wait::Seconds(seconds)),
            (_, ..60, ..) => Some(Wait::Minutes(minutes)),
            (_, _, ..24, _) => Some(Wait::Hours(hours)),
            (_, _, _, days @ ..=366) => Some(Wait::Days(days)),
            _ => None,
        }
    }
}

impl Label {
    #[cfg(feature = "fluent")]
    pub(crate) const ALL: [Label; 10] = [
        Label::Action,
        Label::Causes,
        Label::Credential,
        Label::Cures,
        Label::Details,
        Label::Help,
        Label::Host,
        Label::Prevention,
        Label::Request,
        Label::Time,
    ];
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_the_unit_that_a_person_would_use() {
        for (millis, wait) in [
            (0, Some(Wait::Now)),
            (1, Some(Wait::Seconds(1))),
            (59_000, Some(Wait::Seconds(59))),
            (59_001, Some(Wait::Minutes(1))),
            (60_000, Some(Wait::Minutes(1))),
            (61_000, Some(Wait::Minutes(2))),
            (3_540_000, Some(Wait::Minutes(59))),
            (3_540_001, Some(Wait::Hours(1))),
            (3_600_001, Some(Wait::Hours(2))),
            (82_800_000, Some(Wait::Hours(23))),
            (82_800_001, Some(Wait::Days(1))),
            (86_400_001, Some(Wait::Days(2))),
            (366 * 86_400_000, Some(Wait::Days(366))),
            (366 * 86_400_000 + 1, None),
        ] {
            assert_eq!(Wait::of(Duration::from_millis(millis)), wait, "{millis} ms");
        }
    }

    #[test]
    fn r44_a_wait_without_an_end_is_not_told_and_does_not_overflow() {
        assert_eq!(Wait::of(Duration::MAX), None);
    }
}
