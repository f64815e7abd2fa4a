//! Property tests of redaction: fresh secrets in every syntax that is known, whatever stands around
//! them, and anything at all for what must hold of every text.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Write;

use proptest::prelude::*;
use readmit_log::redact::Redactor;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn r82_no_piece_of_a_named_secret_is_left(
        secret in token(),
        template in proptest::sample::select(NAMED),
        before in around(),
        behind in around(),
    ) {
        let text = format!("{before}\n{}\n{behind}", template.replace("{}", &secret));

        let clean = Redactor::new().text(&text).into_owned();

        prop_assert_eq!(piece_of(&secret, &clean), None, "{} in {}", text, clean);
    }

    #[test]
    fn r82_no_piece_of_a_secret_in_a_url_is_left(
        secret in token(),
        template in proptest::sample::select(URLS),
        before in around(),
    ) {
        let url = template.replace("{}", &secret);
        let redactor = Redactor::new();

        let clean = redactor.url(&url);
        let in_text = redactor.text(&format!("{before} {url} end")).into_owned();

        prop_assert_eq!(piece_of(&secret, &clean), None, "{} as {}", url, clean);
        prop_assert_eq!(piece_of(&secret, &in_text), None, "{} as {}", url, in_text);
    }

    #[test]
    fn r82_no_piece_of_a_registered_value_is_left_in_any_encoding(
        secret in "[ -~äß€]{9,24}",
        encoding in 0_usize..8,
        before in "[ -~]{0,20}",
        behind in "[ -~]{0,20}",
    ) {
        let redactor = Redactor::new();
        redactor.register(&secret);
        let encoded = encode(&secret, encoding, &before, &behind);
        let text = format!("{before}{encoded}{behind}");

        let clean = redactor.text(&text).into_owned();

        // What stands around the secret may be a part of it by chance.
        prop_assume!(piece_of(&encoded, &format!("{before} {behind}")).is_none());
        prop_assert_eq!(whole_or_long(&encoded, &clean), None, "{} in {}", text, clean);
    }

    #[test]
    fn r82_a_secret_in_the_members_of_json_is_hidden_wherever_it_is_cut(
        secret in "[a-zA-Z0-9\"\\\\/ é]{8,20}",
        name in proptest::sample::select(NAMES),
        cut in any::<prop::sample::Index>(),
        depth in 0_usize..200,
    ) {
        let member = serde_json::json!({"id": 1, name: [{"x": secret}], "page": 2}).to_string();
        let json = format!("{}{member}{}", "[".repeat(depth), "]".repeat(depth));
        let whole = Redactor::new().json(&json);
        let mut end = cut.index(json.len() + 1);
        while !json.is_char_boundary(end) {
            end -= 1;
        }

        let part = Redactor::new().json(&json[..end]);

        let spelled = serde_json::to_string(&secret).unwrap();
        let spelled = spelled.trim_matches('"');
        prop_assert_eq!(piece_of(spelled, &whole), None, "{}", whole);
        prop_assert!(whole.contains("\"page\":2"), "{}", whole);
        prop_assert_eq!(piece_of(spelled, &part), None, "{} as {}", &json[..end], part);
    }

    #[test]
    fn r82_a_writer_hides_what_comes_in_pieces(
        secret in token(),
        template in proptest::sample::select(NAMED),
        sizes in proptest::collection::vec(1_usize..20, 1..40),
    ) {
        let text = format!("first\n{}\nlast", template.replace("{}", &secret));
        let mut writer = Redactor::new().writer(Vec::new());

        let mut rest = text.as_bytes();
        for size in sizes.iter().cycle() {
            let (piece, behind) = rest.split_at((*size).min(rest.len()));
            writer.write_all(piece).unwrap();
            writer.flush().unwrap();
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        prop_assert_eq!(piece_of(&secret, &written), None, "{}", written);
        prop_assert!(written.starts_with("first\n"), "{}", written);
    }

    #[test]
    fn r82_redacting_twice_changes_nothing(text in hostile()) {
        let redactor = Redactor::new();
        redactor.register("s3cr3t value");

        for redact in SURFACES {
            let once = redact(&redactor, &text);

            prop_assert_eq!(redact(&redactor, &once), once, "of {:?}", text);
        }
    }

    #[test]
    fn whatever_the_bytes_are_something_comes_out(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let redactor = Redactor::new();
        let text = String::from_utf8_lossy(&bytes);

        for redact in SURFACES {
            let _: String = redact(&redactor, &text);
        }
        for name in ["authorization", "set-cookie", "www-authenticate", "location", "accept", "x"] {
            let _: String = redactor.header(name, &bytes);
        }
    }
}

/// Everything that takes a text and gives one of the same kind.
const SURFACES: &[fn(&Redactor, &str) -> String] = &[
    |redactor, text| redactor.text(text).into_owned(),
    |redactor, text| redactor.json(text),
    |redactor, text| redactor.form(text),
    |redactor, text| redactor.markup(text),
    |redactor, text| redactor.url(text),
    |redactor, text| redactor.body(None, text.as_bytes()),
    |redactor, text| redactor.field("note", text).into_owned(),
];

const NAMED: &[&str] = &[
    "token={}",
    "password: {}",
    "\"client_secret\": \"{}\"",
    "apiKey='{}'",
    "X-Api-Key: {}",
    "Authorization: Bearer {}",
    "authorization=Basic {}",
    "Set-Cookie: sid={}; Path=/",
    "Some(Config { secret: Some(\"{}\") })",
    "--token {} --page 2",
    "--password={}",
    "<Password>{}</Password>",
    "<input name=\"csrf_token\" value=\"{}\">",
    "[\"--token\", \"{}\"]",
    "the token {} expired",
    "password is {}",
    "access_token%3D{}%26page%3D2",
    "{\"a\":{\"refresh_token\":\"{}\"}}",
    "a=1&code_verifier={}&b=2",
    "PGPASSWORD={} psql",
    "{\\\"password\\\":\\\"{}\\\"}",
    "secret => {}",
    "(\"x-vault-token\", \"{}\")",
    "pass\u{200b}word={}",
    "token=[{}, {}]",
    "Bearer {}",
    "session_id = {}",
];

const URLS: &[&str] = &[
    "https://api.test/v1?access_token={}",
    "https://user:{}@api.test/",
    "https://{}@api.test/a",
    "//user:{}@api.test/",
    "https://api.test/a?b=1&unknown={}#page",
    "wss://a.test/?ticket={}",
    "https://app.test/#id_token={}&token_type=Bearer",
    "https://a.test/reset-password/{}",
    "https://a.test/?q=Bearer%20{}",
    "https://a.test/x;jsessionid={}?page=1",
];

const NAMES: &[&str] =
    &["password", "clientSecret", "ACCESS_TOKEN", "credentials", "x-api-key", "Cookie", "jwt"];

/// A secret as machines make them: letters and digits, of each some.
fn token() -> impl Strategy<Value = String> {
    ("[a-z]{4}[A-Z]{4}[0-9]{4}[a-zA-Z0-9]{12,40}", any::<u64>()).prop_map(|(letters, seed)| {
        let mut chars: Vec<char> = letters.chars().collect();
        let mut state = seed | 1;
        for at in (1..chars.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            chars.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        chars.into_iter().collect()
    })
}

/// Text that no secret is in, and that has signs of every syntax.
fn around() -> impl Strategy<Value = String> {
    "[a-z \"'{}\\[\\]<>=:&,;/\\\\%.]{0,30}"
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(NAMED).prop_map(str::to_owned),
        proptest::sample::select(URLS).prop_map(str::to_owned),
        token(),
        around(),
        Just("s3cr3t value".to_owned()),
        Just("REDACTED".to_owned()),
        "[ -~]{0,12}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Spells a secret in one of the encodings; base64 with what stands around it.
fn encode(secret: &str, encoding: usize, before: &str, behind: &str) -> String {
    let bytes = secret.as_bytes();
    let percent = |form: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let encode = |byte: u8| match byte {
            b' ' if form == "+" => "+".to_owned(),
            _ if plain(byte) => char::from(byte).to_string(),
            _ if form == "lower" => format!("%{byte:02x}"),
            _ => format!("%{byte:02X}"),
        };
        bytes.iter().map(|byte| encode(*byte)).collect()
    };
    match encoding {
        0 => secret.to_owned(),
        1 => percent("upper"),
        2 => percent("lower"),
        3 => percent("+"),
        4 => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        5 => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        6 => {
            let quoted = serde_json::to_string(secret).unwrap();
            quoted[1..quoted.len() - 1].to_owned()
        }
        _ => base64(format!("{before}{secret}{behind}").as_bytes()),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |chunk: &[u8]| {
        (0..3).fold(0, |bits, at| bits << 8 | usize::from(*chunk.get(at).unwrap_or(&0)))
    };
    let digit = |bits: usize, at: usize| char::from(DIGITS[bits >> (18 - 6 * at) & 63]);
    bytes
        .chunks(3)
        .flat_map(|chunk| (0..=chunk.len()).map(move |at| digit(bits(chunk), at)))
        .collect()
}

/// Returns eight characters of the secret in a row that the text has.
fn piece_of(secret: &str, text: &str) -> Option<String> {
    let chars: Vec<char> = secret.chars().collect();
    chars
        .windows(8.min(chars.len()))
        .map(String::from_iter)
        .find(|piece| text.contains(piece.as_str()))
}

/// Returns the encoded secret where the text has it, or sixteen characters of it.
fn whole_or_long(encoded: &str, text: &str) -> Option<String> {
    let chars: Vec<char> = encoded.chars().collect();
    let long = chars.len().min(16);
    // In base64 what stands around the secret is encoded as well, and stays.
    let windows = if 16 < chars.len()
        && encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
    {
        return text.contains(encoded).then(|| encoded.to_owned());
    } else {
        chars.windows(long)
    };
    windows.map(String::from_iter).find(|piece| text.contains(piece.as_str()))
}
