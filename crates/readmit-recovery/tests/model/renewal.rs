//! Two processes over one store, killed at any point, against a server that ends the session of
//! who presents a spent token.

use std::time::Duration;

use http::Uri;
use proptest::prelude::*;
use readmit_core::SystemClock;
use readmit_error::{Stage, Transport};
use readmit_recovery::{
    Effect, NotRenewed, Now, Record, Renewal, Renewed, Rotation, TokenAnswer, TokenError,
    TokenRequest, Told,
};
use secrecy::{ExposeSecret, SecretString};

#[derive(Clone, Copy, Debug)]
enum Event {
    Advance(u64),
    /// The process is gone, and starts anew with what is in the store.
    Kill(usize),
    /// The process takes its next step, or begins a refresh.
    Step(usize, Fate),
}

/// What goes wrong in a step, where it can.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    AnswerLost,
    Fine,
    RequestLost,
    StoreFails,
    Unavailable,
}

proptest! {
    #[test]
    fn r23_no_spent_token_is_presented_beyond_the_grace(
        grace in prop::sample::select(vec![0, 30]),
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut world = World::new(grace);

        for event in events {
            world.apply(event);

            prop_assert!(!world.server.ended, "a spent token was presented");
        }
    }

    #[test]
    fn r20_without_lost_answers_no_session_is_lost(
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut world = World::new(0);
        for event in events {
            match event {
                Event::Step(process, fate) if fate != Fate::Unavailable => {
                    world.apply(Event::Step(process, Fate::Fine));
                }
                // A process that is killed before it writes loses what it got.
                Event::Kill(process) if world.is_presenting_or_writing(process) => {}
                Event::Advance(_) | Event::Kill(_) | Event::Step(..) => world.apply(event),
            }
        }

        for process in [0, 1] {
            let _ = world.finish(process);
        }
        world.apply(Event::Advance(2 * LIFETIME));

        prop_assert_eq!(world.finish(0), Ok(Renewed::Saved));
        prop_assert_eq!(world.finish(1), Ok(Renewed::Elsewhere));
    }
}

struct World {
    now: Now,
    rotation: Rotation,
    server: Server,
    store: Vec<u8>,
    lock: Option<usize>,
    processes: [Process; 2],
}

struct Process {
    memory: Record,
    renewal: Option<(Renewal, Effect)>,
}

struct Server {
    grace: Duration,
    current: u32,
    /// When the token before the current one was presented.
    rotated: Option<Now>,
    ended: bool,
}

impl World {
    fn new(grace: u64) -> World {
        let first = record(br#"{"version":1,"epoch":1,"refresh_token":"0"}"#);
        let store = first.to_bytes().expose_secret().to_vec();
        let grace = Duration::from_secs(grace);
        World {
            now: Now::read(&SystemClock),
            rotation: Rotation::DEFAULT.grace(grace),
            server: Server { grace, current: 0, rotated: None, ended: false },
            store,
            lock: None,
            processes: [(); 2].map(|()| Process { memory: first.clone(), renewal: None }),
        }
    }

    fn apply(&mut self, event: Event) {
        match event {
            // A token is sent at once.
            Event::Advance(_) if [0, 1].into_iter().any(|process| self.is_presenting(process)) => {}
            Event::Advance(secs) => {
                let by = Duration::from_secs(secs);
                self.now = Now { mono: self.now.mono + by, wall: self.now.wall + by };
            }
            Event::Kill(process) => {
                let memory = record(&self.store);
                self.processes[process] = Process { memory, renewal: None };
                self.lock = self.lock.filter(|holder| *holder != process);
            }
            Event::Step(process, fate) => {
                self.step(process, fate);
            }
        }
    }

    /// Takes steps until the refresh that is under way, or a new one, is done.
    fn finish(&mut self, process: usize) -> Result<Renewed, NotRenewed> {
        loop {
            if let Some(outcome) = self.step(process, Fate::Fine) {
                return outcome;
            }
        }
    }

    fn is_presenting(&self, process: usize) -> bool {
        matches!(self.processes[process].renewal, Some((_, Effect::Present { .. })))
    }

    fn is_presenting_or_writing(&self, process: usize) -> bool {
        matches!(
            self.processes[process].renewal,
            Some((_, Effect::Write { .. } | Effect::Present { .. } | Effect::Read))
        )
    }

    fn step(&mut self, process: usize, fate: Fate) -> Option<Result<Renewed, NotRenewed>> {
        let Some((mut renewal, effect)) = self.processes[process].renewal.take() else {
            let held = self.processes[process].memory.clone();
            self.processes[process].renewal = Some(Renewal::with_store(self.rotation, held));
            return None;
        };
        let told = match effect {
            Effect::Lock if self.lock.is_none() => {
                self.lock = Some(process);
                Told::Locked
            }
            Effect::Lock => Told::NotLocked,
            Effect::Read if fate == Fate::StoreFails => Told::Failed,
            Effect::Read => Told::Found(Some(record(&self.store))),
            Effect::Write { record, expected } => self.write(&record, expected, fate),
            Effect::Present { refresh_token } => Told::Answered(self.present(&refresh_token, fate)),
            Effect::Delete { .. } => panic!("the session ended"),
            Effect::Done(outcome) => {
                self.processes[process].memory = renewal.record().clone();
                self.lock = self.lock.filter(|holder| *holder != process);
                self.check(process, &outcome);
                return Some(outcome);
            }
        };
        let effect = renewal.tell(self.now, told);
        self.processes[process].renewal = Some((renewal, effect));
        None
    }

    /// A mark is never lost: without one nobody could know.
    fn write(&mut self, new: &Record, expected: Option<u64>, fate: Fate) -> Told {
        if fate == Fate::StoreFails && !new.is_in_doubt() {
            return Told::Failed;
        }
        if Some(record(&self.store).epoch()) != expected {
            return Told::Conflicted;
        }
        self.store = new.to_bytes().expose_secret().to_vec();
        Told::Written
    }

    fn present(&mut self, token: &SecretString, fate: Fate) -> Result<TokenAnswer, TokenError> {
        let lost = |stage| Err(TokenError::from(Transport { stage, timed_out: false }));
        match fate {
            Fate::RequestLost => return lost(Stage::Sent),
            Fate::Unavailable => return read(503, ""),
            Fate::AnswerLost | Fate::Fine | Fate::StoreFails => {}
        }
        let answer = self.server.answer(self.now, token.expose_secret().parse().unwrap());
        if fate == Fate::AnswerLost { lost(Stage::Answering) } else { answer }
    }

    fn check(&self, process: usize, outcome: &Result<Renewed, NotRenewed>) {
        let memory = &self.processes[process].memory;
        match outcome {
            Ok(Renewed::Saved) => {
                assert_eq!(record(&self.store).epoch(), memory.epoch());
                assert!(!memory.is_in_doubt());
            }
            Ok(Renewed::Elsewhere | Renewed::Unsaved) => assert!(memory.access_token().is_some()),
            Err(NotRenewed::Refused(error)) => assert!(!error.is_terminal(), "{error}"),
            Err(_) => {}
        }
        assert!(memory.refresh_token().is_some(), "a refresh token was lost");
    }
}

impl Server {
    fn answer(&mut self, now: Now, token: u32) -> Result<TokenAnswer, TokenError> {
        let in_grace = |rotated: Now| now.mono - rotated.mono < self.grace;
        if token == self.current {
            self.current += 1;
            self.rotated = Some(now);
        } else if token + 1 != self.current || !self.rotated.is_some_and(in_grace) {
            self.ended = true;
            return read(400, r#"{"error":"invalid_grant"}"#);
        }
        let n = self.current;
        let body =
            format!(r#"{{"access_token":"a{n}","refresh_token":"{n}","expires_in":{LIFETIME}}}"#);
        read(200, &body)
    }
}

fn event() -> impl Strategy<Value = Event> {
    let fate = prop_oneof![
        12 => Just(Fate::Fine),
        1 => Just(Fate::AnswerLost),
        1 => Just(Fate::RequestLost),
        1 => Just(Fate::StoreFails),
        1 => Just(Fate::Unavailable),
    ];
    prop_oneof![
        20 => (0..2_usize, fate).prop_map(|(process, fate)| Event::Step(process, fate)),
        1 => (0..2_usize).prop_map(Event::Kill),
        2 => prop::sample::select(vec![1, 29, 30, 31, LIFETIME]).prop_map(Event::Advance),
    ]
}

fn record(bytes: &[u8]) -> Record {
    Record::read(bytes).unwrap()
}

fn read(status: u16, body: &str) -> Result<TokenAnswer, TokenError> {
    let url = Uri::from_static("https://auth.example.com/token");
    let request = TokenRequest::refresh_token(&url, &"never".into(), None, None).unwrap();
    TokenAnswer::read(&request, status, None, body.as_bytes())
}

const LIFETIME: u64 = 3_600;
