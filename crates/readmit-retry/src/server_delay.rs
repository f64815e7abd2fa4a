use std::time::Duration;

/// What becomes of a delay that the server asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ServerDelay {
    /// It is cut to this, and nothing comes on top: version 2.0 of the AWS standard mode.
    CutTo(Duration),
    /// It is waited for in full, with jitter on top, and refused where it is longer than this.
    InFull { cap: Duration },
    /// It is moved to where the policy's own delay is, or to so much above it: version 2.1.
    Near { above: Duration },
}

/// What to wait where a server has asked for a delay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    /// This, and jitter on top of it.
    InFull(Duration),
    /// Exactly this.
    Moved(Duration),
    /// It is longer than this, which is the most that a server may ask for.
    TooLong { cap: Duration },
}

impl ServerDelay {
    /// Weighs the delay that was asked for; `own` is the policy's.
    pub(crate) fn weigh(self, asked: Duration, own: Duration) -> Asked {
        match self {
            ServerDelay::CutTo(cap) => Asked::Moved(asked.min(cap)),
            ServerDelay::InFull { cap } if cap < asked => Asked::TooLong { cap },
            ServerDelay::InFull { .. } => Asked::InFull(asked),
            ServerDelay::Near { above } => {
                Asked::Moved(asked.clamp(own, own.saturating_add(above)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r43_the_aws_presets_move_a_delay_as_their_tables_say() {
        let [own, near] = [2, 5].map(Duration::from_secs);
        let cut = ServerDelay::CutTo(Duration::from_secs(20));
        let clamped = ServerDelay::Near { above: near };
        let moved = |rule: ServerDelay, asked| rule.weigh(Duration::from_secs(asked), own);

        for (asked, cut_to, clamped_to) in [(0, 0, 2), (4, 4, 4), (7, 7, 7), (8, 8, 7), (21, 20, 7)]
        {
            assert_eq!(moved(cut, asked), Asked::Moved(Duration::from_secs(cut_to)));
            assert_eq!(moved(clamped, asked), Asked::Moved(Duration::from_secs(clamped_to)));
        }
        assert_eq!(clamped.weigh(Duration::MAX, Duration::MAX), Asked::Moved(Duration::MAX));
    }
}
