use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use crate::program::{command, readmit};

#[test]
fn it_serves_what_it_says() {
    let served = Served::start(&["--fault", "GET /data_flows=429:2x1"]);
    let bearer =
        format!("authorization: Bearer {}\r\n", served.told["access_token"].as_str().unwrap());

    let limited = served.ask("GET", "/data_flows", &bearer, "");
    let well = served.ask("GET", "/data_flows", &bearer, "");
    let key = format!("authorization: Basic {}\r\n", served.told["service_key"].as_str().unwrap());
    let token = served.ask("POST", "/token", &key, "");

    assert!(limited.starts_with("HTTP/1.1 429 "), "{limited}");
    assert!(limited.contains("retry-after: 2\r\n"), "{limited}");
    assert!(well.starts_with("HTTP/1.1 200 "), "{well}");
    assert!(token.contains("\"access_token\""), "{token}");
    assert_eq!(served.told["schema"], "readmit.serve/1");
    assert_eq!(served.told["faults"][0], "GET /data_flows=429:2x1");
}

#[test]
fn it_is_scripted_while_it_runs() {
    let served = Served::start(&[]);

    let scripted = served.ask("POST", "/__faults", "", "503x1\nPOST *=hang");
    let wrong = served.ask("POST", "/__faults", "", "{\"fault\": \"nope\"}");
    let struck = served.ask("GET", "/data_flows", "", "");
    let cleared = served.ask("DELETE", "/__faults", "", "");
    let seen = served.ask("GET", "/__seen", "", "");

    assert!(scripted.starts_with("HTTP/1.1 201 "), "{scripted}");
    assert!(
        wrong.starts_with("HTTP/1.1 400 ") && wrong.contains("no fault called nope"),
        "{wrong}"
    );
    assert!(struck.starts_with("HTTP/1.1 503 "), "{struck}");
    assert!(cleared.starts_with("HTTP/1.1 204 "), "{cleared}");
    let seen: Value = serde_json::from_str(seen.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(seen["requests"], 1);
    assert_eq!(seen["routes"]["GET /data_flows"]["statuses"]["503"], 1);
}

#[test]
fn what_cannot_be_served_is_refused_with_the_cure() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let unknown = readmit(&["serve-faults", "--fault", "nope"], b"");
    let busy = readmit(&["serve-faults", "--port", &port], b"");

    assert!(unknown.err.contains("there is no fault called nope"), "{}", unknown.err);
    assert!(busy.err.contains("choose another with --port"), "{}", busy.err);
    assert_eq!((unknown.status, busy.status), (64, 71));
}

/// The program, serving until it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) told: Value,
    _out: BufReader<ChildStdout>,
}

impl Served {
    pub(crate) fn start(arguments: &[&str]) -> Served {
        let arguments = [&["serve-faults", "--json"], arguments].concat();
        let mut child = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        Served { child, told: serde_json::from_str(&line).unwrap(), _out: out }
    }

    pub(crate) fn url(&self) -> &str {
        self.told["url"].as_str().unwrap()
    }

    /// The address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    /// Sends a request, and returns the answer as it comes.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.url().strip_prefix("http://").unwrap()).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\
             {headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
