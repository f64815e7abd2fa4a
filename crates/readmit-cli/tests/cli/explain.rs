use readmit_error::event::{Event, Record};
use readmit_error::{Failure, Kind, Origin};
use readmit_log::{Rendering, Scribe};

use crate::program::readmit;

#[test]
fn an_answer_is_explained() {
    let answer = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\", \
        error_description=\"The token expired\"\r\nContent-Type: application/json\r\n\
        X-Request-Id: req_7\r\n\r\n{\"error_code\": \"AUTH_003\", \"error_description\": \
        \"Access token has expired\"}";

    let ended = readmit(&["explain"], answer.as_bytes());

    assert_eq!(
        ended.out,
        "\
HTTP 401 Unauthorized: token_expired
  meaning      The access token has expired.
  why          challenge error invalid_token
  code         AUTH_003
  broken?      enforcement: nothing is broken, the platform lets in only whom it
               knows
  whose move   the caller: the program, its configuration, or who uses it
  do next      refresh the token and send the request again
  again?       yes, after that step; the server has not acted on the request
  asks for     Bearer, error invalid_token
  request id   req_7
  server says  Access token has expired
  often        - The token reached the end of its life before it was refreshed.
               Refresh the token, or authenticate again where there is nothing
               to refresh it with.
               - The clock of this machine is slow, so the token looked fresh.
               Set the clock by a time server.
  user sees    Session expired: Your session has ended because its time was
               over. Sign in again, then go on where you left off.
"
    );
    assert_eq!((ended.err.as_str(), ended.status), ("", 0));
}

#[test]
fn every_hop_is_explained() {
    let hops = "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\nHTTP/1.1 429 Too Many\r\n\
        Retry-After: 7\r\n\r\nslow down";

    let ended = readmit(&["explain"], hops.as_bytes());

    assert!(ended.out.contains("HTTP 302 Found\n"), "{}", ended.out);
    assert!(ended.out.contains("what looks like a page to sign in"), "{}", ended.out);
    assert!(ended.out.contains("\nHTTP 429 Too Many: rate_limited\n"), "{}", ended.out);
    assert!(ended.out.contains("  wait         7 s, until 2"), "{}", ended.out);
}

#[test]
fn r51_what_is_pasted_later_is_counted_from_its_own_date() {
    let head = "HTTP/1.1 429 Too Many\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 23";

    let dated = readmit(&["explain"], format!("{head}\r\n\r\n").as_bytes());
    let kept = readmit(&["explain"], format!("{head}\r\nAge: 60\r\n\r\n").as_bytes());

    assert!(
        dated.out.contains("  wait         23 s, until 1994-11-06T08:50:00Z\n"),
        "{}",
        dated.out
    );
    assert!(dated.out.contains("the wait that was asked for is over"), "{}", dated.out);
    assert!(kept.out.contains("  wait         23 s, until 2"), "{}", kept.out);
    assert!(!kept.out.contains("is over"), "{}", kept.out);
}

#[test]
fn r36_who_answers_in_place_of_the_api_is_named() {
    let through = "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 407 Proxy\r\n\
        Proxy-Authenticate: Basic realm=\"p\"\r\n\r\n<html>407</html>";
    let filter = "HTTP/1.1 403 No\r\n\r\n<html><title>Web Filter Violation</title></html>";

    let proxy = readmit(&["explain"], through.as_bytes());
    let page = readmit(&["explain"], filter.as_bytes());

    assert!(proxy.out.contains("The proxy has opened a tunnel"), "{}", proxy.out);
    assert!(proxy.out.contains("  do next      give the proxy its credential"), "{}", proxy.out);
    assert!(!proxy.out.contains("often"), "{}", proxy.out);
    assert!(page.out.contains("  note         the body is a page"), "{}", page.out);
    assert!((proxy.out + &page.out).lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn the_body_beside_flags_may_come_from_the_standard_input() {
    let body = br#"{"error": {"code": "insufficient_quota"}}"#;

    let ended = readmit(&["explain", "--status", "429", "--body", "@-"], body);

    assert!(ended.out.starts_with("HTTP 429: quota_exhausted\n"), "{}", ended.out);
}

#[test]
fn flags_describe_an_answer_too() {
    let ended = readmit(
        &["explain", "--status", "503", "-H", "Retry-After: 2", "--method", "POST", "--json"],
        b"",
    );

    let json = ended.json();
    assert_eq!(json["schema"], "readmit.explain/1");
    let failure = &json["answers"][0]["failure"];
    assert_eq!(failure["kind"], "unavailable");
    assert_eq!(failure["nature"], "fault");
    assert_eq!(failure["retry_after_s"], 2.0);
    assert_eq!(failure["replay"], "possibly_processed");
    assert!(failure["message"]["actions"][0].is_string());
    assert!(failure["causes"][0]["cure"].is_string());
}

#[test]
fn a_dialect_reads_what_no_other_does() {
    let answer = b"HTTP/2 200 \r\n\r\n{\"ok\": false, \"error\": \"token_expired\"}";

    let unknown = readmit(&["explain", "--check"], answer);
    let named = readmit(&["explain", "--check", "--host", "slack.com"], answer);
    let wrong = readmit(&["explain", "--dialect", "nobody"], answer);

    assert!(unknown.out.contains("name the API with --host"), "{}", unknown.out);
    assert_eq!(unknown.status, 0);
    assert!(named.out.starts_with("HTTP 200: token_expired\n"), "{}", named.out);
    assert_eq!(named.status, 1);
    assert!(wrong.err.contains("no dialect is called nobody"), "{}", wrong.err);
    assert_eq!(wrong.status, 64);
}

#[test]
fn what_cannot_be_explained_is_refused_with_the_cure() {
    for (arguments, input, words, status) in [
        (&["explain"][..], "", "the input is empty", 65),
        (&["explain"], "{\"error\": \"x\"}", "a body without its head", 65),
        (&["explain"], "\u{0}\u{1}binary", "no line begins with HTTP/", 65),
        (&["explain", "no-such-file"], "", "cannot read no-such-file", 66),
        (&["explain", "--status", "42"], "", "a status has three digits", 64),
        (&["explain", "--body", "x"], "", "--status", 64),
        (&["explain", "--loud"], "", "--loud", 64),
        (&[], "", "Usage: readmit", 64),
    ] {
        let ended = readmit(arguments, input.as_bytes());

        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
        assert_eq!((ended.out.as_str(), ended.status), ("", status), "{arguments:?}");
    }
}

#[test]
fn r83_nothing_that_acts_on_a_terminal_comes_through() {
    let hostile = "HTTP/1.1 403 \u{1b}]0;x\u{7}No\r\nX-Request-Id: a\u{1b}[2Jb\r\n\
        WWW-Authenticate: Bearer error=\"in\u{9b}valid\u{202e}\", scope=\"\u{1b}[31m\"\r\n\r\n\
        {\"error\": \"\\u001b[31m\", \"message\": \"a\\r\\nfake: line \\u009b \\u202e\"}";

    for arguments in [&["explain"][..], &["explain", "--json"]] {
        let ended = readmit(arguments, hostile.as_bytes());

        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ended.out.contains(acts), "{:?}", ended.out);
        assert!(!ended.out.contains("\nfake"), "{:?}", ended.out);
        assert_eq!(ended.status, 0);
    }
}

#[test]
fn r82_a_token_in_the_answer_is_not_shown() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.c2lnbmF0dXJl";
    let answer = format!(
        "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{token}\"\r\n\r\n\
         {{\"error\": \"invalid_token\", \"message\": \"token {token} has expired\"}}"
    );

    for arguments in [&["explain"][..], &["explain", "--json"]] {
        let ended = readmit(arguments, answer.as_bytes());

        assert!(ended.out.contains("REDACTED"), "{}", ended.out);
        assert!(!ended.out.contains("eyJzdWIi"), "{}", ended.out);
    }
}

#[test]
fn r81_what_the_log_of_readmit_writes_is_explained() {
    let at = std::time::SystemTime::UNIX_EPOCH;
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code("AUTH_002")
        .request_id("req_7")
        .build();
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let record = Record::new(at, event).failure(failure);
    let entry = Scribe::default().entry(&record);
    let log = [Rendering::Json, Rendering::Documented].map(|rendering| entry.render(rendering));

    let ended = readmit(&["explain", "--json"], log.join("\n").as_bytes());

    let answers = &ended.json()["answers"];
    for answer in [&answers[0], &answers[1]] {
        assert_eq!(answer["failure"]["kind"], "invalid_credentials", "{answer}");
        assert_eq!(answer["failure"]["code"], "AUTH_002", "{answer}");
        assert_eq!(answer["failure"]["request_id"], "req_7", "{answer}");
    }
}

#[test]
fn r75_what_has_no_end_is_read_to_a_bound() {
    let mut answer = b"HTTP/1.1 500 Oh\r\n\r\n".to_vec();
    answer.resize(65 * 1_024 * 1_024, b'a');

    let ended = readmit(&["explain"], &answer);

    assert!(ended.out.starts_with("HTTP 500 Oh: server_error\n"), "{:.200}", ended.out);
    assert!(ended.out.len() < 4_000, "{} bytes", ended.out.len());
}

#[test]
fn help_and_version_are_no_mistakes() {
    let version = readmit(&["--version"], b"");
    let help = readmit(&["explain", "--help"], b"");

    assert_eq!(version.out, format!("readmit {}\n", env!("CARGO_PKG_VERSION")));
    assert!(help.out.contains("Exit status: 0 explained"), "{}", help.out);
    assert!(help.out.lines().all(|line| line.chars().count() <= 80), "{}", help.out);
    assert_eq!((version.status, help.status), (0, 0));
}
