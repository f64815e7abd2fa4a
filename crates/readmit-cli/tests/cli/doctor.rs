use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Ended, command};
use crate::serve_faults::Served;

#[test]
fn a_good_credential_is_valid() {
    let api = Served::start(&[]);
    let token = api.told["access_token"].as_str().unwrap();

    let ended = doctor(&[&api.at("/data_flows")], token);

    assert_eq!(status_of(&ended, "credential.accepted"), "ok");
    assert_eq!(status_of(&ended, "permission.access"), "ok");
    assert_eq!(status_of(&ended, "credential.clock"), "ok");
    assert_eq!((ended.json()["verdict"].as_str(), ended.status), (Some("all is well"), 0));
    assert!(!ended.out.contains(token), "{}", ended.out);
}

#[test]
fn the_text_ends_with_the_verdict_in_one_line() {
    let api = Served::start(&[]);

    let output = command(&["doctor", &api.at("/data_flows")])
        .env("READMIT_TOKEN", "wrong")
        .output()
        .unwrap();

    let ended = Ended::of(&output);
    let last = ended.out.lines().last();
    let verdict = "verdict: the credential is rejected: the API does not accept it";
    assert_eq!((last, ended.status), (Some(verdict), 1));
    let sections: Vec<_> = ended.out.lines().filter(|line| !line.contains(' ')).collect();
    let all = ["response", "credentials", "permissions", "logs", "endpoints", "support", ""];
    assert_eq!(sections, all);
}

#[test]
fn r95_what_could_not_be_verified_is_never_called_invalid() {
    for fault in ["500", "503:7", "429:7", "reset", "page"] {
        let api = Served::start(&["--fault", &format!("{fault}#2")]);

        let ended = doctor(&[&api.at("/data_flows")], "whatever");

        let accepted = status_of(&ended, "credential.accepted");
        let expected = if fault == "page" { "ok" } else { "unknown" };
        assert_eq!(accepted, expected, "{fault}: {}", ended.out);
        assert!(!ended.out.contains("rejected"), "{fault}: {}", ended.out);
    }
}

#[test]
fn an_expired_token_and_a_missing_permission_are_told_apart() {
    let api = Served::start(&[]);
    let token = api.told["access_token"].as_str().unwrap();

    let denied = doctor(&[&api.at("/organizations/1/members")], token);
    api.ask("POST", "/__tokens/expire", "", "");
    let expired = doctor(&[&api.at("/data_flows")], token);

    assert_eq!(status_of(&denied, "credential.accepted"), "ok");
    assert_eq!(status_of(&denied, "permission.access"), "fail");
    assert_eq!(status_of(&expired, "credential.accepted"), "fail");
    assert_eq!(status_of(&expired, "permission.access"), "skipped");
    let verdict = &expired.json()["verdict"];
    assert_eq!(verdict, "the credential is rejected: the API says that it has expired");
}

#[test]
fn without_a_credential_nothing_is_called_wrong() {
    let api = Served::start(&[]);

    let ended = doctor(&[&api.at("/data_flows")], "");
    let unset = command(&["doctor", &api.at("/data_flows"), "--json"]).output().unwrap();

    assert_eq!(status_of(&ended, "credential.form"), "fail");
    let unset = Ended::of(&unset);
    assert_eq!(status_of(&unset, "response.answer"), "ok");
    assert_eq!(status_of(&unset, "credential.source"), "unknown");
    assert_eq!(unset.status, 2);
}

#[test]
fn a_clock_that_is_off_is_found() {
    let api = Served::start(&["--clock-ahead", "600"]);
    let token = api.told["access_token"].as_str().unwrap();

    let ended = doctor(&[&api.at("/data_flows")], token);

    assert_eq!(status_of(&ended, "credential.clock"), "fail");
    let check = check(&ended, "credential.clock");
    let summary = check["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("this machine's clock is ") && summary.contains(" behind "),
        "{summary}"
    );
}

#[test]
fn each_rung_of_the_way_is_told_apart() {
    // Bound and not accepting any more: the port is closed once it is dropped.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let api = Served::start(&[]);

    let refused = doctor(&[&format!("http://{closed}/")], "abc");
    let unencrypted = doctor(&[&api.at("/").replace("http:", "https:")], "abc");
    let hanging = Served::start(&["--fault", "hang"]);
    let silent = doctor(&[&hanging.at("/"), "--timeout", "1"], "abc");

    assert_eq!(status_of(&refused, "endpoint.tcp"), "fail");
    assert_eq!(status_of(&refused, "endpoint.http"), "skipped");
    assert_eq!(status_of(&refused, "credential.accepted"), "skipped");
    assert_eq!(status_of(&unencrypted, "endpoint.tcp"), "ok");
    assert_eq!(status_of(&unencrypted, "endpoint.tls"), "fail");
    assert_eq!(status_of(&silent, "endpoint.http"), "fail");
    assert!(silent.out.contains("timed out waiting for the answer"), "{}", silent.out);
    assert_eq!((refused.status, unencrypted.status, silent.status), (1, 1, 1));
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://u:s3cret@{}", proxy.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut request = [0; 4_096];
        let read = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });

    let output = command(&["doctor", "--json", "https://example.invalid/"])
        .env("HTTPS_PROXY", at)
        .stdin(Stdio::null())
        .output()
        .unwrap();

    let asked = server.join().unwrap();
    assert!(asked.starts_with("CONNECT example.invalid:443 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("Proxy-Authorization: Basic dTpzM2NyZXQ=\r\n"), "{asked}");
    let ended = Ended::of(&output);
    assert_eq!(status_of(&ended, "endpoint.proxy"), "ok");
    assert_eq!(status_of(&ended, "endpoint.tcp"), "fail");
    assert!(ended.out.contains("the proxy refuses the way: HTTP/1.1 407"), "{}", ended.out);
    assert!(!ended.out.contains("s3cret"), "{}", ended.out);
}

#[test]
fn r35_the_credential_goes_nowhere_in_the_clear() {
    let ended = doctor(&["http://example.invalid/", "--offline"], "abc");

    assert_eq!(status_of(&ended, "config.url"), "fail");
    assert!(ended.out.contains("the credential is not sent there"), "{}", ended.out);
}

#[test]
fn offline_sends_nothing_and_decodes_the_token() {
    // {"alg":"none"} and {"exp":1,"scope":"a","sub":"eve"}
    let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjEsInNjb3BlIjoiYSIsInN1YiI6ImV2ZSJ9.s1gn4tur3";

    let ended = doctor(&["https://example.invalid/", "--offline", "--scope", "b"], token);

    assert_eq!(status_of(&ended, "endpoint.dns"), "skipped");
    assert_eq!(status_of(&ended, "credential.expiry"), "fail");
    assert_eq!(status_of(&ended, "permission.scopes"), "fail");
    assert!(ended.out.contains("no signature (alg none)"), "{}", ended.out);
    assert!(!ended.out.contains("eve") && !ended.out.contains("s1gn4"), "{}", ended.out);
    assert_eq!(ended.status, 1);
}

#[test]
fn only_what_is_asked_for_is_told() {
    let ended = doctor(
        &["https://example.invalid/", "--only", "credentials,log.history", "--offline"],
        "abc",
    );
    let wrong = doctor(&["https://example.invalid/", "--only", "moon"], "abc");

    let checks = ended.json()["checks"].as_array().unwrap().clone();
    assert_eq!(checks.len(), 7);
    assert!(wrong.err.contains("called moon"), "{}", wrong.err);
    assert_eq!((ended.status, wrong.status), (0, 64));
}

#[test]
fn r82_a_server_that_echoes_the_credential_does_not_get_it_shown() {
    let secret = "s3cret-t0ken-of-eve";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4_096];
            let read = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let line = request.lines().find(|line| line.starts_with("authorization"));
            let echo = line.unwrap_or_default();
            let body = format!("{{\"message\": \"bad token {echo}\", \"request_id\": \"{echo}\"}}");
            let answer = format!(
                "HTTP/1.1 401 No\r\ncontent-length: {}\r\nx-request-id: {echo}\r\n\
                 www-authenticate: Bearer error=\"{echo}\"\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let bundle = std::env::temp_dir().join(format!("readmit-bundle-{}.json", std::process::id()));
    let bundle_path = bundle.to_str().unwrap();

    let ended = doctor(&[&url, "--bundle", bundle_path, "--yes"], secret);

    server.join().unwrap();
    let bundled = std::fs::read_to_string(&bundle).unwrap();
    let refused = doctor(&[&url, "--bundle", bundle_path, "--yes"], secret);
    std::fs::remove_file(&bundle).unwrap();
    for text in [&ended.out, &ended.err, &bundled] {
        assert!(!text.contains("s3cret") && !text.contains("t0ken"), "{text}");
    }
    assert!(bundled.contains("REDACTED"), "{bundled}");
    let bundled: Value = serde_json::from_str(&bundled).unwrap();
    assert_eq!(bundled["schema"], "readmit.bundle/1");
    assert!(refused.err.contains("is there already"), "{}", refused.err);
    assert_eq!(refused.status, 64);
}

#[test]
fn nobody_is_asked_who_is_not_there() {
    let ended = doctor(&["https://example.invalid/", "--bundle", "never-written.json"], "abc");

    assert!(ended.err.contains("say --yes"), "{}", ended.err);
    assert_eq!(ended.status, 64);
}

#[test]
fn an_address_without_its_scheme_is_told_how_to_be_written() {
    for (address, what) in [
        ("api.example.com/me", "it has no scheme: write it as https://"),
        ("localhost:8080/me", "cure: write it with its scheme"),
    ] {
        let ended = doctor(&[address], "abc");

        assert!(ended.err.contains(what), "{}", ended.err);
        assert_eq!(ended.status, 64);
    }
}

fn doctor(arguments: &[&str], token: &str) -> Ended {
    let output = command(&[&["doctor", "--json"], arguments].concat())
        .env("READMIT_TOKEN", token)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ended::of(&output)
}

fn check(ended: &Ended, id: &str) -> Value {
    let json = ended.json();
    let checks = json["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap().clone()
}

fn status_of(ended: &Ended, id: &str) -> String {
    check(ended, id)["status"].as_str().unwrap().to_owned()
}
