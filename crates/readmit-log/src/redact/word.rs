//! The words that names are made of, and what each of them says.

/// What a word says, as one bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Meaning(u32);

impl Meaning {
    /// The value is secret.
    pub(crate) const SECRET: Meaning = Meaning(1 << 0);
    /// What follows is something about a secret, which may be told.
    pub(crate) const DESCRIBES: Meaning = Meaning(1 << 1);
    /// In front of `key`: it opens something.
    pub(crate) const OPENS: Meaning = Meaning(1 << 2);
    /// In front of `key`: it names something.
    pub(crate) const NAMES: Meaning = Meaning(1 << 3);
    /// In front of `token`: it is counted, or marks a place in a list.
    pub(crate) const COUNTS: Meaning = Meaning(1 << 4);
    /// In front of `code`: somebody types it to be let in.
    pub(crate) const TYPED: Meaning = Meaning(1 << 5);
    /// In front of `code`: it says how something went.
    pub(crate) const REPORTS: Meaning = Meaning(1 << 6);
    /// `key`
    pub(crate) const KEY: Meaning = Meaning(1 << 7);
    /// `token`
    pub(crate) const TOKEN: Meaning = Meaning(1 << 8);
    /// A scheme and a secret.
    pub(crate) const CREDENTIALS: Meaning = Meaning(1 << 9);
    /// Pairs of a name and a secret.
    pub(crate) const COOKIE: Meaning = Meaning(1 << 10);
    /// Secret by itself; a container of more.
    pub(crate) const HOLDER: Meaning = Meaning(1 << 11);
    /// `code`
    pub(crate) const CODE: Meaning = Meaning(1 << 12);
    /// Secret where it looks random.
    pub(crate) const SUSPECT: Meaning = Meaning(1 << 13);
    /// Secret where nothing follows it.
    pub(crate) const LOGIN: Meaning = Meaning(1 << 14);
    /// Behind `connection`, a secret.
    pub(crate) const STRING: Meaning = Meaning(1 << 15);
    /// In front of `string`.
    pub(crate) const CONNECTS: Meaning = Meaning(1 << 16);
    /// Behind `relay`, a secret.
    pub(crate) const STATE: Meaning = Meaning(1 << 17);
    /// In front of `state`.
    pub(crate) const RELAYS: Meaning = Meaning(1 << 18);
    /// The scheme of a credential (RFC 9110 section 11.1).
    pub(crate) const SCHEME: Meaning = Meaning(1 << 19);
    /// In a sentence: a secret that a person made up.
    pub(crate) const PASSWORD_NOUN: Meaning = Meaning(1 << 20);
    /// In a sentence: a secret that a machine made up.
    pub(crate) const TOKEN_NOUN: Meaning = Meaning(1 << 21);
    /// In a sentence: digits to type, or the code of an error.
    pub(crate) const CODE_NOUN: Meaning = Meaning(1 << 22);

    /// Looks a word up, whatever its case.
    pub(crate) fn of(word: &[u8]) -> Meaning {
        let mut slot = hash(word);
        while let Some(at) = INDEX[slot].checked_sub(1) {
            let (known, meaning) = WORDS[usize::from(at)];
            if word.eq_ignore_ascii_case(known.as_bytes()) {
                return meaning;
            }
            slot = (slot + 1) % SLOTS;
        }
        Meaning::default()
    }

    pub(crate) fn has(self, meaning: Meaning) -> bool {
        self.0 & meaning.0 != 0
    }

    const fn and(self, other: Meaning) -> Meaning {
        Meaning(self.0 | other.0)
    }
}

/// A place for each word, found without a scan: most words of a text are none of these.
const fn hash(word: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < word.len() && at < LONGEST {
        // In lower case, as far as letters go.
        hash = (hash ^ (word[at] | 0x20) as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash >> (u32::BITS - SLOT_BITS)) as usize
}

/// The number of each word, from 1 on, at its slot or at the next free one.
static INDEX: [u16; SLOTS] = {
    let mut index = [0; SLOTS];
    let mut at = 0;
    while at < WORDS.len() {
        let mut slot = hash(WORDS[at].0.as_bytes());
        while index[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        at += 1;
        #[expect(clippy::cast_possible_truncation, reason = "there are some hundred words")]
        let number = at as u16;
        index[slot] = number;
    }
    index
};

const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;
/// Letters of the longest word.
const LONGEST: usize = 16;

/// In alphabetical order.
static WORDS: &[(&str, Meaning)] = {
    use Meaning as M;

    &[
        ("access", M::OPENS.and(M::TYPED)),
        ("accesskey", M::SECRET),
        ("account", M::OPENS),
        ("admin", M::OPENS),
        ("age", M::DESCRIBES),
        ("alg", M::DESCRIBES),
        ("algorithm", M::DESCRIBES),
        ("api", M::OPENS),
        ("apikey", M::SECRET.and(M::TOKEN_NOUN)),
        ("app", M::OPENS),
        ("application", M::OPENS),
        ("area", M::REPORTS),
        ("aspxauth", M::SECRET),
        ("assertion", M::SECRET.and(M::TOKEN_NOUN)),
        ("at", M::DESCRIBES),
        ("aud", M::DESCRIBES),
        ("audience", M::DESCRIBES),
        ("audio", M::COUNTS),
        ("auth", M::OPENS.and(M::TYPED).and(M::HOLDER)),
        ("authentication", M::OPENS.and(M::TYPED)),
        ("authkey", M::SECRET),
        ("authorization", M::TYPED.and(M::CREDENTIALS)),
        ("average", M::COUNTS),
        ("avg", M::COUNTS),
        ("aws", M::OPENS),
        ("backup", M::TYPED),
        ("basic", M::SCHEME),
        ("bearer", M::SECRET.and(M::SCHEME)),
        ("bos", M::COUNTS),
        ("bucket", M::NAMES),
        ("budget", M::DESCRIBES),
        ("cache", M::NAMES),
        ("cached", M::COUNTS),
        ("cancellation", M::COUNTS),
        ("changed", M::DESCRIBES),
        ("client", M::OPENS),
        ("cnonce", M::SECRET),
        ("code", M::CODE.and(M::CODE_NOUN)),
        ("codes", M::CODE),
        ("completion", M::COUNTS),
        ("composite", M::NAMES),
        ("confirmation", M::TYPED),
        ("conn", M::CONNECTS),
        ("connection", M::CONNECTS),
        ("consumer", M::OPENS),
        ("continuation", M::COUNTS),
        ("cookie", M::COOKIE.and(M::TOKEN_NOUN)),
        ("cookies", M::COOKIE),
        ("cost", M::DESCRIBES),
        ("count", M::DESCRIBES),
        ("country", M::REPORTS),
        ("counts", M::DESCRIBES),
        ("cpp", M::DESCRIBES),
        ("created", M::DESCRIBES),
        ("cred", M::SECRET),
        ("credential", M::SECRET.and(M::TOKEN_NOUN)),
        ("credentials", M::SECRET.and(M::TOKEN_NOUN)),
        ("creds", M::SECRET),
        ("crypt", M::OPENS),
        ("cs", M::DESCRIBES),
        ("csrf", M::SECRET),
        ("currency", M::REPORTS),
        ("cursor", M::COUNTS),
        ("cvc", M::SECRET),
        ("cvv", M::SECRET),
        ("date", M::DESCRIBES),
        ("days", M::DESCRIBES),
        ("decryption", M::OPENS),
        ("dedup", M::NAMES),
        ("deduplication", M::NAMES),
        ("deploy", M::OPENS),
        ("desc", M::DESCRIBES),
        ("description", M::DESCRIBES),
        ("device", M::TYPED),
        ("digest", M::SCHEME),
        ("disabled", M::DESCRIBES),
        ("dpop", M::SCHEME),
        ("dsn", M::SECRET),
        ("enabled", M::DESCRIBES),
        ("encryption", M::OPENS),
        ("endpoint", M::DESCRIBES),
        ("endpoints", M::DESCRIBES),
        ("eos", M::COUNTS),
        ("error", M::DESCRIBES.and(M::REPORTS)),
        ("errors", M::DESCRIBES),
        ("exists", M::DESCRIBES),
        ("exit", M::REPORTS),
        ("exp", M::DESCRIBES),
        ("expiration", M::DESCRIBES),
        ("expire", M::DESCRIBES),
        ("expired", M::DESCRIBES),
        ("expires", M::DESCRIBES),
        ("expiry", M::DESCRIBES),
        ("field", M::DESCRIBES),
        ("file", M::DESCRIBES),
        ("foreign", M::NAMES),
        ("format", M::DESCRIBES),
        ("functions", M::OPENS),
        ("gnap", M::SCHEME),
        ("go", M::DESCRIBES),
        ("group", M::NAMES),
        ("hash", M::SUSPECT),
        ("hawk", M::SCHEME),
        ("header", M::DESCRIBES),
        ("hmac", M::SECRET.and(M::OPENS)),
        ("hoba", M::SCHEME),
        ("host", M::DESCRIBES.and(M::NAMES)),
        ("hotp", M::SECRET),
        ("hours", M::DESCRIBES),
        ("http", M::REPORTS),
        ("id", M::DESCRIBES),
        ("idempotency", M::NAMES),
        ("ids", M::DESCRIBES),
        ("in", M::DESCRIBES),
        ("index", M::NAMES),
        ("ingest", M::OPENS),
        ("input", M::COUNTS),
        ("integration", M::OPENS),
        ("invalid", M::DESCRIBES),
        ("invite", M::TYPED),
        ("issued", M::DESCRIBES),
        ("issuer", M::DESCRIBES),
        ("java", M::DESCRIBES),
        ("js", M::DESCRIBES),
        ("jwe", M::SECRET),
        ("jws", M::SECRET),
        ("jwt", M::SECRET.and(M::TOKEN_NOUN)),
        ("kerberos", M::SCHEME),
        ("key", M::KEY.and(M::TOKEN_NOUN)),
        ("keys", M::KEY),
        ("kt", M::DESCRIBES),
        ("label", M::DESCRIBES),
        ("language", M::REPORTS),
        ("len", M::DESCRIBES),
        ("length", M::DESCRIBES),
        ("license", M::OPENS),
        ("lifetime", M::DESCRIBES),
        ("limit", M::DESCRIBES),
        ("limits", M::DESCRIBES),
        ("line", M::DESCRIBES),
        ("location", M::DESCRIBES),
        ("login", M::TYPED),
        ("lookup", M::NAMES),
        ("mac", M::SCHEME),
        ("map", M::NAMES),
        ("master", M::OPENS),
        ("max", M::DESCRIBES.and(M::COUNTS)),
        ("message", M::NAMES),
        ("method", M::DESCRIBES),
        ("methods", M::DESCRIBES),
        ("mfa", M::TYPED),
        ("min", M::DESCRIBES.and(M::COUNTS)),
        ("minutes", M::DESCRIBES),
        ("missing", M::DESCRIBES),
        ("mnemonic", M::SECRET),
        ("mode", M::DESCRIBES),
        ("ms", M::DESCRIBES),
        ("mutual", M::SCHEME),
        ("name", M::DESCRIBES),
        ("names", M::DESCRIBES),
        ("natural", M::NAMES),
        ("negotiate", M::SCHEME),
        ("next", M::COUNTS),
        ("nonce", M::SECRET.and(M::TOKEN_NOUN)),
        ("ntlm", M::SCHEME),
        ("num", M::COUNTS),
        ("number", M::DESCRIBES),
        ("object", M::NAMES),
        ("otp", M::SECRET.and(M::TYPED).and(M::PASSWORD_NOUN)),
        ("output", M::COUNTS),
        ("pad", M::COUNTS),
        ("page", M::COUNTS),
        ("pagination", M::COUNTS),
        ("partition", M::NAMES),
        ("pass", M::LOGIN),
        ("passcode", M::SECRET.and(M::PASSWORD_NOUN)),
        ("passphrase", M::SECRET.and(M::PASSWORD_NOUN)),
        ("passwd", M::SECRET.and(M::PASSWORD_NOUN)),
        ("password", M::SECRET.and(M::PASSWORD_NOUN)),
        ("passwords", M::SECRET),
        ("passwort", M::SECRET),
        ("path", M::DESCRIBES),
        ("per", M::COUNTS),
        ("php", M::DESCRIBES),
        ("pin", M::LOGIN.and(M::PASSWORD_NOUN)),
        ("policy", M::DESCRIBES),
        ("postal", M::REPORTS),
        ("present", M::DESCRIBES),
        ("prev", M::COUNTS),
        ("previous", M::COUNTS),
        ("primary", M::NAMES),
        ("private", M::OPENS.and(M::SUSPECT)),
        ("privatekey", M::SECRET),
        ("privatetoken", M::SCHEME),
        ("prompt", M::COUNTS),
        ("provider", M::DESCRIBES),
        ("provisioning", M::OPENS),
        ("public", M::NAMES),
        ("pw", M::SECRET),
        ("pwd", M::SECRET.and(M::PASSWORD_NOUN)),
        ("py", M::DESCRIBES),
        ("range", M::NAMES),
        ("ratio", M::DESCRIBES),
        ("rb", M::DESCRIBES),
        ("reason", M::REPORTS),
        ("reasoning", M::COUNTS),
        ("recovery", M::TYPED),
        ("region", M::REPORTS),
        ("relay", M::RELAYS),
        ("relaystate", M::SECRET),
        ("remaining", M::DESCRIBES.and(M::COUNTS)),
        ("required", M::DESCRIBES),
        ("reset", M::TYPED),
        ("response", M::REPORTS),
        ("return", M::REPORTS),
        ("rotated", M::DESCRIBES),
        ("row", M::NAMES),
        ("rs", M::DESCRIBES),
        ("s", M::DESCRIBES),
        ("salt", M::SUSPECT),
        ("saml", M::SECRET),
        ("samlart", M::SECRET),
        ("samlrequest", M::SECRET),
        ("samlresponse", M::SECRET),
        ("scheme", M::DESCRIBES),
        ("scope", M::DESCRIBES),
        ("scopes", M::DESCRIBES),
        ("seconds", M::DESCRIBES),
        ("secret", M::SECRET.and(M::OPENS).and(M::TOKEN_NOUN)),
        ("secretkey", M::SECRET),
        ("secrets", M::SECRET),
        ("security", M::OPENS.and(M::TYPED)),
        ("seed", M::SUSPECT),
        ("server", M::OPENS),
        ("service", M::OPENS),
        ("sessid", M::SECRET),
        ("session", M::OPENS.and(M::HOLDER).and(M::TOKEN_NOUN)),
        ("sessionid", M::SECRET),
        ("sessions", M::HOLDER),
        ("shard", M::NAMES),
        ("shared", M::OPENS),
        ("sid", M::SECRET),
        ("sig", M::SECRET),
        ("sign", M::OPENS),
        ("signature", M::SECRET.and(M::TOKEN_NOUN)),
        ("signing", M::OPENS),
        ("size", M::DESCRIBES),
        ("sms", M::TYPED),
        ("sort", M::NAMES),
        ("sorting", M::NAMES),
        ("source", M::DESCRIBES.and(M::REPORTS)),
        ("special", M::COUNTS),
        ("ssh", M::OPENS),
        ("state", M::STATE),
        ("status", M::DESCRIBES.and(M::REPORTS)),
        ("stop", M::COUNTS),
        ("storage", M::OPENS),
        ("str", M::STRING),
        ("strength", M::DESCRIBES),
        ("string", M::STRING),
        ("sub", M::REPORTS),
        ("subscription", M::OPENS),
        ("supported", M::DESCRIBES),
        ("surrogate", M::NAMES),
        ("symmetric", M::OPENS),
        ("sync", M::COUNTS),
        ("team", M::OPENS),
        ("text", M::COUNTS),
        ("thinking", M::COUNTS),
        ("ticket", M::SECRET.and(M::TOKEN_NOUN)),
        ("time", M::DESCRIBES.and(M::TYPED)),
        ("timestamp", M::DESCRIBES),
        ("token", M::OPENS.and(M::TOKEN).and(M::SCHEME).and(M::TOKEN_NOUN)),
        ("tokens", M::TOKEN),
        ("total", M::DESCRIBES.and(M::COUNTS)),
        ("totp", M::SECRET.and(M::TYPED)),
        ("translation", M::NAMES),
        ("ts", M::DESCRIBES),
        ("ttl", M::DESCRIBES),
        ("type", M::DESCRIBES),
        ("types", M::DESCRIBES),
        ("unique", M::NAMES),
        ("unk", M::COUNTS),
        ("updated", M::DESCRIBES),
        ("uri", M::DESCRIBES),
        ("url", M::DESCRIBES),
        ("usage", M::DESCRIBES),
        ("used", M::DESCRIBES.and(M::COUNTS)),
        ("user", M::TYPED),
        ("valid", M::DESCRIBES),
        ("vapid", M::SCHEME),
        ("verification", M::TYPED),
        ("verifier", M::SECRET),
        ("verify", M::TYPED),
        ("version", M::DESCRIBES),
        ("webhook", M::OPENS),
        ("write", M::OPENS),
        ("xsrf", M::SECRET),
        ("zip", M::REPORTS),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order_and_each_is_found() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        for (word, meaning) in WORDS {
            assert_eq!(Meaning::of(word.as_bytes()), *meaning, "{word}");
            assert_eq!(Meaning::of(word.to_ascii_uppercase().as_bytes()), *meaning, "{word}");
        }
        assert_eq!(Meaning::of(b"ordinary"), Meaning::default());
        assert_eq!(Meaning::of(&[b'x'; 1_000]), Meaning::default());
    }
}
