//! What it costs to understand an answer, beside `serde_json::Value` of the same body alone.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use readmit_classify::{Dialect, Evidence, classify};

criterion_group!(benches, answers, dialects);
criterion_main!(benches);

fn answers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("classify");
    let received_at = SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH_SECONDS);
    for answer in ANSWERS {
        let headers = headers(answer.headers);
        let status = StatusCode::from_u16(answer.status).unwrap_or_default();
        group.bench_function(answer.name, |bencher| {
            bencher.iter(|| {
                let evidence = Evidence::answer(&Method::GET, status, &headers, received_at);
                classify(black_box(&evidence.body(black_box(answer.body.as_bytes()))))
            });
        });
    }
    group.bench_function("yardstick: serde_json::Value of the documented body", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(DOCUMENTED)).ok());
    });
    group.finish();
}

/// However many rules a dialect has, and however many dialects there are, a look-up is one.
fn dialects(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dialect");
    let received_at = SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH_SECONDS);
    let headers = headers(JSON);
    for rules in [10, 1_000] {
        let parsed = Dialect::parse(&dialect_of(rules));
        assert!(parsed.is_ok(), "the dialect of {rules} rules: {:?}", parsed.err());
        let Ok(dialect) = parsed else { continue };
        for (what, body) in [("a code", CODED), ("a sentence", WORDED)] {
            let answer =
                Evidence::answer(&Method::GET, StatusCode::CONFLICT, &headers, received_at);
            let evidence = answer.body(body.as_bytes()).dialect(&dialect);
            group.bench_function(format!("classify {what} with {rules} rules"), |bencher| {
                bencher.iter(|| classify(black_box(&evidence)));
            });
        }
    }
    for host in ["api.github.com", "eu.example.ghe.com:443", "api.example.com"] {
        group.bench_function(format!("for_host: {host}"), |bencher| {
            bencher.iter(|| Dialect::for_host(black_box(host)));
        });
    }
    group.finish();
}

/// Writes a dialect in which every other rule is found by a code and the rest by a text; half of
/// the texts begin with the same word, which the sentences have as well.
fn dialect_of(rules: usize) -> String {
    let head = "name = \"many\"\ntitle = \"Many\"\ndocs = \"https://docs.example.com\"\n";
    let rule = |at: usize| {
        let key = match at % 4 {
            1 => format!("text = \"thing reason{at:04} applies\""),
            3 => format!("text = \"reason{at:04} applies\""),
            _ => format!("code = \"reason{at:04} applies\""),
        };
        format!("[[rule]]\n{key}\nkind = \"token_expired\"\n")
    };
    (0..rules).fold(head.to_owned(), |toml, at| toml + &rule(at))
}

struct Answer {
    name: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const ANSWERS: &[Answer] = &[
    Answer { name: "a success", status: 200, headers: JSON, body: DOCUMENTED },
    Answer {
        name: "the documented error, 230 bytes",
        status: 401,
        headers: JSON,
        body: DOCUMENTED,
    },
    Answer {
        name: "a code of well-known words, nested",
        status: 403,
        headers: JSON,
        body: r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#,
    },
    Answer {
        name: "a sentence",
        status: 400,
        headers: JSON,
        body: r#"{"message":"The provided token has expired. Please sign in again to obtain a new one."}"#,
    },
    Answer {
        name: "a rate limit with a wait",
        status: 429,
        headers: LIMITED,
        body: r#"{"message":"API rate limit exceeded","documentation_url":"https://docs.example.com/limits"}"#,
    },
    Answer { name: "a challenge", status: 401, headers: CHALLENGE, body: "" },
    Answer {
        name: "a page of a gateway",
        status: 502,
        headers: &[("content-type", "text/html"), ("server", "nginx")],
        body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    },
];

const DOCUMENTED: &str = r#"{"error":"unauthorized","error_description":"Access token has expired, get a new one","error_code":"AUTH_003","timestamp":"2024-01-15T10:30:00Z","request_id":"req_1234567890abcdef","details":{"expired_at":"2024-01-15T10:29Z"}}"#;

const CODED: &str = r#"{"error":{"code":"reason0008applies","message":"The thing that you asked for is somewhere else"}}"#;

const WORDED: &str =
    r#"{"error":{"code":"elsewhere","message":"The thing that you asked for is somewhere else"}}"#;

const JSON: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("date", "Mon, 15 Jan 2024 10:30:00 GMT"),
    ("server", "example"),
    ("x-request-id", "req_1234567890abcdef"),
];

const LIMITED: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("date", "Mon, 15 Jan 2024 10:30:00 GMT"),
    ("retry-after", "30"),
    ("x-ratelimit-limit", "60"),
    ("x-ratelimit-remaining", "0"),
    ("x-ratelimit-reset", "1705314630"),
];

const CHALLENGE: &[(&str, &str)] = &[(
    "www-authenticate",
    r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#,
)];

const EPOCH_SECONDS: u64 = 1_705_314_600;

fn headers(fields: &'static [(&str, &str)]) -> HeaderMap {
    let value = HeaderValue::from_static;
    fields.iter().map(|(name, it)| (http::HeaderName::from_static(name), value(it))).collect()
}
