//! The Rust of the book, compiled and run as the examples of this crate.
//!
//! A page with a block of Rust has a line here; `cargo xtask docs` says which one lacks it.

macro_rules! pages {
    ($($name:ident: $path:literal,)*) => {
        $(#[doc = include_str!(concat!("../../../docs/", $path))] mod $name {})*
    };
}

pages! {
    dialects: "dialects.md",
    explanation_security: "explanation/security.md",
    how_to_protect_a_backend: "how-to/protect-a-backend.md",
    how_to_roll_out: "how-to/roll-out.md",
    how_to_rotate: "how-to/rotate.md",
    how_to_share_a_session: "how-to/share-a-session.md",
    how_to_sign_in_from_a_cli: "how-to/sign-in-from-a-cli.md",
    how_to_tell_refusals_apart: "how-to/tell-refusals-apart.md",
    how_to_test_your_client: "how-to/test-your-client.md",
    how_to_use_one_crate: "how-to/use-one-crate.md",
    how_to_use_with_your_stack: "how-to/use-with-your-stack.md",
    how_to_write_to_a_siem: "how-to/write-to-a-siem.md",
    reference_configuration: "reference/configuration.md",
    reference_kinds: "reference/kinds.md",
    troubleshooting_rate_limits: "troubleshooting/rate-limits.md",
    tutorial_first_client: "tutorial/first-client.md",
    tutorial_what_it_tells_you: "tutorial/what-it-tells-you.md",
    tutorial_when_it_goes_wrong: "tutorial/when-it-goes-wrong.md",
}
