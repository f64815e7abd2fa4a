use crate::redact::Redactor;

#[test]
fn r82_a_name_without_a_value_is_looked_at_as_well() {
    let redactor = Redactor::new();
    redactor.register("s3cret value");

    for (json, clean) in [
        (r#"{"a s3cret value"}"#, r#"{"a REDACTED"}"#),
        (r#"{"id":1,"s3cret value"x"#, r#"{"id":1,"REDACTED"x"#),
        (r#"{"s3cret value""#, r#"{"REDACTED""#),
        (r#"{"password": "abc"#, r#"{"password":REDACTED"#),
        (r#"{"pass\u0077ord\q":"abc"}"#, r#"{"pass\u0077ord\q":"REDACTED"}"#),
        (r#"{"password\ud800":"abc"}"#, r#"{"password\ud800":"REDACTED"}"#),
    ] {
        assert_eq!(redactor.json(json), clean, "{json}");
    }
}
