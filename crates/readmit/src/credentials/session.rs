use std::sync::{Mutex, MutexGuard, PoisonError};

use readmit_error::{Failure, Kind, Origin, Replay};
use readmit_recovery::TokenAnswer;
use secrecy::{ExposeSecret, SecretString};

use crate::SourceError;

/// A refresh token that may work only once, and what is known of it (rules 19 and 23).
///
/// ```text
///          presented, and no answer          presented again, and no answer
///   Free ─────────────────────────────► Once ─────────────────────────────► Twice
///    ▲                                   │    (only once the access token
///    └───────────────────────────────────┘     is gone)
///      a token came
/// ```
///
/// A plain no, which leaves the token as it was, leaves the doubt as it was too.
///
/// A server that rotates refresh tokens takes a second use of one for theft, and revokes the whole
/// session: so a token that may be spent is not presented while there is no need to.
#[derive(Debug)]
pub(super) struct Session {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    token: SecretString,
    doubt: Doubt,
}

/// How often the token was presented without a word in return.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Doubt {
    /// Never, or the server told what it did with it.
    Free,
    Once,
    Twice,
}

/// A token on its way: dropped without an outcome, it is in doubt.
#[derive(Debug)]
pub(super) struct Presented<'a> {
    session: &'a Session,
    before: Doubt,
}

impl Session {
    pub(super) fn new(token: SecretString) -> Session {
        Session { state: Mutex::new(State { token, doubt: Doubt::Free }) }
    }

    pub(super) fn token(&self) -> SecretString {
        self.lock().token.clone()
    }

    /// Takes note that the token is about to be presented.
    ///
    /// # Errors
    ///
    /// An outcome that is unknown, where the token may be spent and there is no need to try it, or
    /// none left.
    pub(super) fn present(&self, in_hurry: bool) -> Result<Presented<'_>, SourceError> {
        let mut state = self.lock();
        let before = state.doubt;
        state.doubt = match before {
            Doubt::Free => Doubt::Once,
            Doubt::Once if in_hurry => Doubt::Twice,
            Doubt::Once => return Err(unknown(false)),
            Doubt::Twice => return Err(unknown(true)),
        };
        Ok(Presented { session: self, before })
    }

    /// Forgets the token, and returns it where there was one.
    pub(super) fn forget(&self) -> Option<SecretString> {
        let mut state = self.lock();
        state.doubt = Doubt::Free;
        let token = std::mem::take(&mut state.token);
        (!token.expose_secret().is_empty()).then_some(token)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Sound: a state is written whole or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Presented<'_> {
    /// Takes note of what the server said.
    pub(super) fn settle(self, answer: &Result<TokenAnswer, SourceError>) {
        let mut state = self.session.lock();
        match answer {
            Ok(answer) => {
                // Without another the one that was sent stays good (rule 19).
                if let Some(next) = answer.refresh_token() {
                    state.token = next.clone();
                }
                state.doubt = Doubt::Free;
            }
            Err(error) if is_plain(error.failure()) => state.doubt = self.before,
            Err(_) => {}
        }
    }
}

/// Whether a refusal leaves no doubt that the token was not spent.
///
/// A 5xx of the endpoint itself does; a gateway that lost its answer, a connection that broke and
/// an answer that makes no sense do not.
fn is_plain(failure: &Failure) -> bool {
    match failure.replay() {
        Replay::NotProcessed => true,
        Replay::PossiblyProcessed => {
            matches!(failure.kind(), Kind::ServerError | Kind::Unavailable)
        }
        Replay::Processed => false,
    }
}

fn unknown(terminal: bool) -> SourceError {
    let failure = Failure::builder(Kind::OutcomeUnknown, Origin::Local)
        .because("the answer to the last refresh was lost")
        .build();
    let message = "the refresh token may be spent: the answer to the last refresh was lost";
    SourceError::new(message, failure, terminal)
}

#[cfg(test)]
mod tests {
    use readmit_error::{Stage, Transport};

    use super::*;

    #[test]
    fn r23_a_token_that_may_be_spent_waits_until_it_is_needed_and_is_tried_once_more() {
        let session = Session::new("r1".into());
        session.present(false).unwrap();

        let early = session.present(false).unwrap_err();
        session.present(true).unwrap();
        let late = session.present(true).unwrap_err();

        assert_eq!(early.failure().kind(), Kind::OutcomeUnknown);
        assert!(!early.is_terminal());
        assert_eq!(late.failure().kind(), Kind::OutcomeUnknown);
        assert!(late.is_terminal());
    }

    #[test]
    fn r25_a_plain_no_leaves_the_token_as_it_was() {
        let refusals = [
            (Kind::Unavailable, Origin::Answer { status: 503 }),
            (Kind::RateLimited, Origin::Answer { status: 429 }),
            (Kind::Connect, broken(Stage::Connect)),
        ];
        for (kind, origin) in refusals {
            let session = Session::new("r1".into());
            let failure = Failure::builder(kind, origin).build();
            let refused = Err(SourceError::new("no", failure, false));

            session.present(false).unwrap().settle(&refused);

            assert!(session.present(false).is_ok(), "{kind}");
        }
    }

    #[test]
    fn r23_an_answer_that_was_lost_on_the_way_leaves_it_in_doubt() {
        let losses = [
            (Kind::ConnectionLost, broken(Stage::Sent)),
            (Kind::Timeout, Origin::Answer { status: 504 }),
            (Kind::Gateway, Origin::Answer { status: 502 }),
        ];
        for (kind, origin) in losses {
            let session = Session::new("r1".into());
            let lost = SourceError::new("lost", Failure::builder(kind, origin).build(), false);

            session.present(false).unwrap().settle(&Err(lost));

            assert!(session.present(false).is_err(), "{kind}");
        }
    }

    fn broken(stage: Stage) -> Origin {
        Origin::Transport(Transport { stage, timed_out: false })
    }
}
