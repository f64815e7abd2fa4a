use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use readmit_core::{Clock, Draws};
use readmit_recovery::{Config, Demand, Lifecycle};
use tokio::runtime::{Builder, Runtime};

use super::caller::{Caller, call};
use super::path::Path;
use super::server::{Nowhere, Server, Still, unavailable};
use crate::account::{Scopes, Supply};
use crate::credentials;
use crate::keeper::{Keeper, NoCredential};
use crate::watch::Watch;

/// What may happen in the schedules of a test, and how often at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) start: Start,
    pub(super) callers: usize,
    /// Callers that leave before their end.
    pub(super) leaves: u32,
    /// Runtimes that go, with their caller and the refresh that it began.
    pub(super) dies: u32,
    pub(super) fails: u32,
    pub(super) revokes: u32,
    pub(super) sign_outs: u32,
    /// Steps of a caller in the midst of another's.
    pub(super) preemptions: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Start {
    /// Nothing is held.
    Empty,
    /// A token is held that the server accepted.
    Held,
}

impl Plan {
    /// First calls, to which nothing happens.
    pub(super) const FIRST: Plan = Plan {
        start: Start::Empty,
        callers: 0,
        leaves: 0,
        dies: 0,
        fails: 0,
        revokes: 0,
        sign_outs: 0,
        preemptions: 0,
    };
}

/// Plays all schedules of a plan, and returns how many there are.
pub(super) fn play_all(plan: &Plan) -> usize {
    let (mut path, mut played) = (Path::default(), 0);
    let mut runtimes: Vec<_> = (0..=plan.callers).map(|_| runtime()).collect();
    loop {
        let world = Rc::new(World::new(*plan, path, runtimes));
        CURRENT.set(Some(Rc::clone(&world)));
        world.play();
        CURRENT.set(None);
        played += 1;
        let world = Rc::into_inner(world).unwrap();
        (path, runtimes) = (world.path.into_inner(), world.runtimes.into_inner());
        if !path.advance() {
            return played;
        }
    }
}

/// Lets a caller go on that was woken, as on another thread, if the schedule has it so.
pub(in super::super) fn preempt() {
    if let Some(world) = CURRENT.with_borrow(Clone::clone) {
        world.preempt();
    }
}

/// A keeper, its callers, and what happens to them.
struct World {
    plan: Plan,
    left: Cell<Plan>,
    path: RefCell<Path>,
    keeper: Arc<Keeper>,
    server: Arc<Server>,
    callers: Vec<Caller>,
    /// One for each caller, and the refresh that it began, and one for whoever comes last.
    runtimes: RefCell<Vec<Runtime>>,
    /// The callers that have begun a refresh which has not run yet.
    leading: RefCell<Vec<usize>>,
    /// How often the machine was locked.
    locks: Cell<u32>,
}

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Action {
    Die(usize),
    Fail(usize),
    Leave(usize),
    Refresh(usize),
    Revoke,
    SignOut,
    Step(usize),
}

impl World {
    fn new(plan: Plan, path: Path, runtimes: Vec<Runtime>) -> World {
        let (server, clock) = (Arc::new(Server::default()), Still::now());
        let keeper = keeper(&server, Arc::new(clock));
        match plan.start {
            Start::Empty => server.known().unexplained = 1,
            Start::Held => {
                let (token, met) = (server.give(), Arc::new(Demand::default()));
                keeper.adopt(token, met, keeper.session()).unwrap();
            }
        }
        let caller = |_| Caller::new(call(Arc::clone(&keeper), Arc::clone(&server)));
        let callers = (0..plan.callers).map(caller).collect();
        let (left, path, runtimes) = (Cell::new(plan), RefCell::new(path), RefCell::new(runtimes));
        let (leading, locks) = (RefCell::default(), Cell::default());
        World { plan, left, path, keeper, server, callers, runtimes, leading, locks }
    }

    fn play(&self) {
        for step in 0.. {
            let (must, may) = (self.due(), self.possible());
            if must.is_empty() {
                break;
            }
            assert!(step < MOST_STEPS, "it goes on for ever: {:?}", self.path);
            let all: Vec<_> = must.into_iter().chain(may).collect();
            self.take(all[self.choose(all.len())]);
            self.begin_refreshes();
        }
        for (index, caller) in self.callers.iter().enumerate() {
            assert!(caller.has_ended(), "caller {index} waits for ever: {:?}", self.path);
        }
        self.next_gets_in();
    }

    /// What goes on by itself.
    fn due(&self) -> Vec<Action> {
        let woken = self.woken().into_iter().map(Action::Step);
        let refreshing = (0..self.plan.callers).filter(|index| self.is_refreshing(*index));
        woken.chain(refreshing.map(Action::Refresh)).collect()
    }

    /// What may happen besides.
    fn possible(&self) -> Vec<Action> {
        let (left, known) = (self.left.get(), self.server.known());
        let mut possible = Vec::new();
        for (index, caller) in self.callers.iter().enumerate() {
            // One that has not begun might as well not be there.
            if 0 < left.leaves && caller.has_begun() && !caller.has_ended() {
                possible.push(Action::Leave(index));
            }
            if self.is_refreshing(index) {
                possible.extend((0 < left.fails).then_some(Action::Fail(index)));
                possible.extend((0 < left.dies).then_some(Action::Die(index)));
            }
        }
        let revocable = 0 < left.revokes && known.revoked < known.given;
        possible.extend(revocable.then_some(Action::Revoke));
        possible.extend((0 < left.sign_outs).then_some(Action::SignOut));
        possible
    }

    fn take(&self, action: Action) {
        let mut left = self.left.get();
        match action {
            Action::Die(_) => left.dies -= 1,
            Action::Fail(_) => left.fails -= 1,
            Action::Leave(_) => left.leaves -= 1,
            Action::Revoke => left.revokes -= 1,
            Action::SignOut => left.sign_outs -= 1,
            Action::Refresh(_) | Action::Step(_) => {}
        }
        self.left.set(left);
        match action {
            Action::Die(index) => {
                self.callers[index].leave();
                let gone = std::mem::replace(&mut self.runtimes.borrow_mut()[index], runtime());
                drop(gone);
            }
            Action::Fail(index) => self.fail(index),
            Action::Leave(index) => self.callers[index].leave(),
            Action::Refresh(index) => self.refresh(index, Ok(())),
            Action::Revoke => {
                let mut known = self.server.known();
                known.revoked = known.given;
            }
            Action::SignOut => {
                self.callers.iter().for_each(|caller| caller.owed.set(None));
                self.keeper.supply.close();
                self.keeper.forget();
                self.server.known().signed_out = true;
            }
            Action::Step(index) => self.step(index),
        }
    }

    fn fail(&self, index: usize) {
        let number = self.left.get().fails;
        if !self.server.known().signed_out {
            for caller in self.callers.iter().filter(|caller| caller.waits()) {
                caller.owed.set(Some(number));
            }
        }
        self.refresh(index, Err(number));
    }

    fn refresh(&self, index: usize, outcome: Result<(), u32>) {
        self.server.end(outcome);
        self.run(index);
        self.server.known().outcome = None;
    }

    /// Lets the tasks go on that are on the runtime of this caller.
    fn run(&self, index: usize) {
        self.runtimes.borrow()[index].block_on(async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        });
    }

    /// A refresh that was begun has run as far as it comes by itself.
    fn begin_refreshes(&self) {
        let leading = self.leading.take();
        leading.into_iter().for_each(|index| self.run(index));
    }

    fn step(&self, index: usize) {
        let runtimes = self.runtimes.borrow();
        let _inside = runtimes[index].enter();
        let before = self.tasks(index);
        let ended = self.callers[index].step();
        if before < self.tasks(index) {
            self.leading.borrow_mut().push(index);
        }
        let Some(ended) = ended else { return };
        let owed = self.callers[index].owed.get();
        match (ended, owed.map(unavailable)) {
            (Ok(()), None) => {}
            (Err(NoCredential::Source(error)), Some(owed)) => assert_eq!(error.to_string(), owed),
            (ended, Some(owed)) => panic!("{ended:?} rather than {owed}: {:?}", self.path),
            (Err(error), None) => {
                let failed = self.left.get().fails < self.plan.fails;
                let is_due = failed || self.keeper.supply.is_closed();
                assert!(is_due, "{error:?} out of nothing: {:?}", self.path);
            }
        }
    }

    fn preempt(&self) {
        // One that asks again and again comes to no wait, and so to no end of its step.
        self.locks.set(self.locks.get() + 1);
        let is_much = MOST_LOCKS < self.locks.get() && !std::thread::panicking();
        assert!(!is_much, "somebody asks for ever: {:?}", self.path);
        let mut left = self.left.get();
        let woken = self.woken();
        if left.preemptions == 0 || woken.is_empty() {
            return;
        }
        let chosen = self.choose(woken.len() + 1);
        if let Some(index) = chosen.checked_sub(1) {
            left.preemptions -= 1;
            self.left.set(left);
            self.step(woken[index]);
        }
    }

    /// Whatever happened, nothing is stuck: whoever asks next gets in.
    fn next_gets_in(&self) {
        self.left.set(Plan::FIRST);
        {
            let mut known = self.server.known();
            known.signed_out = false;
            known.unexplained += 2;
        }
        self.keeper.supply.open();
        self.keeper.unlock();
        let last = self.plan.callers;
        let caller = Caller::new(call(Arc::clone(&self.keeper), Arc::clone(&self.server)));
        for _ in 0..8 {
            let inside = self.runtimes.borrow();
            let entered = inside[last].enter();
            let ended = caller.step();
            drop(entered);
            if let Some(ended) = ended {
                ended.unwrap();
                return;
            }
            self.server.end(Ok(()));
            self.run(last);
        }
        panic!("the next caller does not get in: {:?}", self.path);
    }

    fn choose(&self, of: usize) -> usize {
        self.path.borrow_mut().choose(of)
    }

    /// The callers that can go on. They are all alike, so they begin in one order.
    fn woken(&self) -> Vec<usize> {
        let begun = self.callers.iter().take_while(|caller| caller.has_begun()).count();
        let callers = self.callers.iter().enumerate().take(begun + 1);
        callers.filter(|(_, caller)| caller.is_woken()).map(|(index, _)| index).collect()
    }

    fn is_refreshing(&self, index: usize) -> bool {
        0 < self.tasks(index)
    }

    fn tasks(&self, index: usize) -> usize {
        self.runtimes.borrow()[index].metrics().num_alive_tasks()
    }
}

fn keeper(server: &Arc<Server>, clock: Arc<dyn Clock>) -> Arc<Keeper> {
    let source = Arc::clone(server);
    let given = credentials::from_fn(move || Arc::clone(&source).fetch()).given.unwrap();
    let supply = Supply::new(given, Box::new(Nowhere(Arc::clone(&clock))), Arc::default());
    // A token may be rejected as soon as it is there.
    let config = Config::builder().fresh_for(Duration::ZERO).build().unwrap();
    let watch = Watch::nobody(Arc::clone(&clock));
    let (life, draws) = (Lifecycle::new(config), Arc::new(Draws::seeded(1)));
    Arc::new(Keeper::new(life, Arc::new(supply), Scopes::default(), clock, draws, watch))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// More than any schedule has that ends.
const MOST_STEPS: u32 = 100;

/// Likewise.
const MOST_LOCKS: u32 = 10_000;

thread_local! {
    /// The world of the schedule that is played.
    static CURRENT: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
}
