//! Processes that share a session in a file, and are killed.
//!
//! The test executable runs itself: [`a_process`] is the other side.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use readmit::recovery::Rotation;
use readmit::{Client, credentials, store};
use readmit_core::Draws;
use readmit_testkit::{Api, Server};

use crate::{folder, refreshes, refused};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r21_two_processes_refresh_once_for_each_expiry() {
    let api = Api::new();
    let shared = Shared::new("two", &api, Duration::ZERO).await;
    let (mut one, mut other) = (shared.start(), shared.start());

    for _ in 0..20 {
        one.call();
        other.call();
        assert_eq!([one.outcome(), other.outcome()], ["200", "200"]);
        api.expire_access_tokens();
    }

    assert_eq!((refreshes(&api), refused(&api)), (20, 0));
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r23_whoever_outlives_a_killed_process_goes_on_or_says_that_the_outcome_is_unknown() {
    let api = Api::new();
    let shared = Shared::new("killed", &api, Duration::ZERO).await;
    let (mut one, mut other) = (shared.start(), shared.start());
    let mut ended = 0;

    for round in 0..KILLS {
        one.call();
        other.call();
        one.kill_somewhere(round).await;
        let outcome = other.outcome();
        if outcome != "200" {
            assert_eq!(outcome, "outcome_unknown");
            ended += 1;
            store::sign_in(&shared.store(), api.new_refresh_token()).await.unwrap();
        }
        one = std::mem::replace(&mut other, shared.start());
        api.expire_access_tokens();
    }

    // A token that may be spent was never presented: none was refused, and no family ended.
    assert_eq!(refused(&api), 0);
    assert!(ended < KILLS, "no session outlived a kill");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r23_with_a_server_that_allows_an_overlap_every_session_outlives_its_process() {
    let api = Api::builder().refresh_grace(2 * OVERLAP).build();
    let shared = Shared::new("overlap", &api, OVERLAP).await;
    let (mut one, mut other) = (shared.start(), shared.start());

    for round in 0..KILLS {
        one.call();
        other.call();
        one.kill_somewhere(round).await;
        assert_eq!(other.outcome(), "200");
        one = std::mem::replace(&mut other, shared.start());
        api.expire_access_tokens();
    }

    assert_eq!(refused(&api), 0);
}

/// The other side: does nothing unless it was started by one of the tests above.
#[test]
fn a_process() {
    let Ok(origin) = std::env::var(ORIGIN) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let session = runtime.block_on(async {
        let read = |name| std::env::var(name).unwrap();
        let overlap = Duration::from_secs(read(GRACE).parse().unwrap());
        let rotation = Rotation::DEFAULT.grace(overlap);
        let url = format!("{origin}/token/refresh");
        let session = credentials::refresh_token_with(rotation, url, read(TOKEN), None);
        let session = session.stored_in(store::file(read(PATH)));
        Client::builder(&origin).credentials(session).build().unwrap()
    });
    for line in std::io::stdin().lines() {
        line.unwrap();
        let outcome = match runtime.block_on(session.get("/data_flows").send()) {
            Ok(answer) => answer.status().as_str().to_owned(),
            Err(error) => error.failure().kind().to_string(),
        };
        println!("{MARK}{outcome}");
    }
}

/// What the processes share.
struct Shared {
    server: Server,
    path: PathBuf,
    token: String,
    grace: Duration,
}

impl Shared {
    async fn new(test: &str, api: &Api, grace: Duration) -> Shared {
        let path = folder(test).join("session.json");
        let token = api.new_refresh_token();
        Shared { server: api.serve().await.unwrap(), path, token, grace }
    }

    fn store(&self) -> store::File {
        store::file(&self.path)
    }

    fn start(&self) -> Process {
        Process::start(self.server.url(), &self.path, &self.token, self.grace)
    }
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start(origin: &str, path: &Path, token: &str, grace: Duration) -> Process {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::a_process", "--nocapture"])
            .env(ORIGIN, origin)
            .env(PATH, path)
            .env(TOKEN, token)
            .env(GRACE, grace.as_secs().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Process { child, input, output }
    }

    /// Has it make a call, and does not wait for it.
    fn call(&mut self) {
        self.input.write_all(b"\n").unwrap();
    }

    fn outcome(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the process ended");
            // What the test harness prints may stand before it in the line.
            if let Some((_, outcome)) = line.split_once(MARK) {
                return outcome.trim().to_owned();
            }
        }
    }

    /// Kills it, somewhere between now and the end of its call.
    async fn kill_somewhere(mut self, round: u64) {
        for _ in 0..Draws::seeded(round).draw().share(LONGEST_CALL) {
            tokio::task::yield_now().await;
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const KILLS: u64 = 40;
const OVERLAP: Duration = Duration::from_secs(30 * 60);
/// In turns of the scheduler.
const LONGEST_CALL: u64 = 60_000;
const MARK: &str = "outcome: ";
const ORIGIN: &str = "READMIT_TEST_ORIGIN";
const PATH: &str = "READMIT_TEST_PATH";
const TOKEN: &str = "READMIT_TEST_TOKEN";
const GRACE: &str = "READMIT_TEST_GRACE";
