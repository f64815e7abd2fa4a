//! Every sink there is, fed with all that a server can say of a secret, in every spelling.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Response;
use readmit::error::event::CallContext;
use readmit::log::audit::{Chain, Key};
use readmit::log::redact::Redactor;
use readmit::log::{Lines, Queue, QueueSink, Rendering, RollingFile, Rotation, Scribe};
use readmit::{ClientBuilder, Credentials, credentials};
use readmit_testkit::{Api, Fault};

use super::{ACCESS, CLIENT_SECRET, PASSWORD, SERVICE_KEY, api, builder, every_credential};
use crate::told::{Told, assert_clean, record_everything};

#[tokio::test(start_paused = true)]
async fn r82_no_sink_writes_a_secret_in_any_encoding() {
    record_everything();
    let redactor = Redactor::new();
    let logs = Logs::start(&redactor);
    let told = Told::default();
    let mut calls = 0;
    for index in 0..5 {
        for (status, path) in [(401, "/data_flows"), (403, "/data_flows"), (401, "/token")] {
            for spelling in SPELLINGS {
                let api = api();
                let (credentials, secret) = pair(&api, index);
                let builder = builder("https://api.test", credentials, &told);
                let builder = logs.attach(builder.redactor(redactor.clone())).clock(api.clock());
                let client = builder.build_over(api.service()).unwrap();
                api.fault(Fault::respond(echo(status, &spelling(secret)))).on("*", path).always();

                let context = CallContext::default().request_id("req_1").user("u_1");
                let request = client.get("/data_flows").route("/data_flows").context(context);
                let _ = request.send().await;
                calls += 1;
            }
        }
    }

    logs.check(calls);
    told.check_log(&"the sinks");
}

/// Credentials, and the secret that they are of.
fn pair(api: &Api, index: usize) -> (Credentials, &'static str) {
    let [key, basic, body, ..] = every_credential(api, "https://api.test");
    match index {
        0 => (key, SERVICE_KEY),
        1 => (basic, CLIENT_SECRET),
        2 => (body, CLIENT_SECRET),
        3 => (credentials::bearer(ACCESS), ACCESS),
        _ => (credentials::basic("ada", PASSWORD), PASSWORD),
    }
}

/// An answer that says a secret wherever one can be said.
fn echo(status: u16, spelled: &str) -> Response<String> {
    let body = serde_json::json!({
        "error": spelled,
        "error_code": spelled,
        "error_description": format!("bad credential {spelled} for /x?token={spelled}"),
        "details": { "scope": spelled, "value": [spelled] },
    });
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{spelled}\"");
    let answer = Response::builder().status(status).header("x-request-id", "req_2");
    answer.header("www-authenticate", challenge).body(body.to_string()).unwrap()
}

/// Plain, base64, percent, JSON-escaped, hexadecimal.
const SPELLINGS: [fn(&str) -> String; 6] = [
    str::to_owned,
    |secret| STANDARD.encode(secret),
    |secret| URL_SAFE_NO_PAD.encode(format!("user:{secret}")),
    |secret| {
        let percent = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        secret.bytes().map(percent).collect()
    },
    |secret| secret.replace('/', "\\/"),
    |secret| secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
];

/// JSON lines, a rolling file for people, and the audit chain, each behind its own queue.
struct Logs {
    folder: PathBuf,
    sinks: [QueueSink; 3],
}

impl Logs {
    fn start(redactor: &Redactor) -> Logs {
        let name = format!("readmit-sinks-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let room = 1_000_000.try_into().unwrap();
        let start = |queue: Queue| queue.capacity(room).start().unwrap();
        let scribe = || Scribe::new(redactor.clone());
        let lines = std::fs::File::create(folder.join("lines.json")).unwrap();
        let rolling = RollingFile::open(folder.join("rolling.log"), Rotation::default()).unwrap();
        let rolling = Lines::new(rolling).rendering(Rendering::Line);
        let chain = Chain::options().key(Key::new(b"k")).open(folder.join("audit.log")).unwrap();
        let sinks = [
            start(Queue::new(scribe(), Lines::new(lines))),
            start(Queue::new(scribe(), rolling)),
            start(Queue::new(scribe(), chain)),
        ];
        Logs { folder, sinks }
    }

    fn attach(&self, builder: ClientBuilder) -> ClientBuilder {
        self.sinks.iter().cloned().fold(builder, ClientBuilder::sink)
    }

    /// Checks that each has told of the calls, and of no secret.
    fn check(&self, calls: usize) {
        for sink in &self.sinks {
            sink.shutdown(Duration::from_secs(60)).unwrap();
            assert_eq!((sink.dropped(), sink.failed()), (0, 0));
        }
        for name in ["lines.json", "rolling.log", "audit.log"] {
            let text = std::fs::read_to_string(self.folder.join(name)).unwrap();
            assert!(calls <= text.lines().count(), "{name} has too few lines");
            assert!(text.contains("REDACTED"), "{name} was told nothing of a secret");
            assert_clean(&text, &name);
        }
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
