//! A value as a source gives it, before it is known what it is for.

use std::fmt;

use toml::de::DeValue;

use crate::log::Shown;

/// A value without a meaning yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// From the environment or a flag: a text that may be meant as anything.
    Untyped(String),
    /// A TOML string.
    Text(String),
    /// A TOML number, in decimal.
    Number(String),
    /// A TOML boolean.
    Truth(bool),
    /// A TOML array.
    List(Vec<Raw>),
    /// Anything else that TOML knows: no setting is one.
    Other(&'static str),
}

impl Raw {
    /// Of a value in a file.
    #[must_use]
    pub fn of_toml(value: &DeValue<'_>) -> Raw {
        match value {
            DeValue::String(text) => Raw::Text(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Raw::Number(number.as_str().replace('_', "")),
            DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
                Ok(decimal) => Raw::Number(decimal.to_string()),
                Err(_) => Raw::Other("a very long number"),
            },
            DeValue::Float(number) => Raw::Number(number.as_str().replace('_', "")),
            DeValue::Boolean(truth) => Raw::Truth(*truth),
            DeValue::Datetime(_) => Raw::Other("a date"),
            DeValue::Array(parts) => Raw::List(parts.iter().map(|part| Raw::of_toml(part.get_ref())).collect()),
            DeValue::Table(_) => Raw::Other("a table"),
        }
    }

    /// It as the text of a number.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        match self {
            Raw::Untyped(text) | Raw::Number(text) => Some(text),
            _ => None,
        }
    }

    /// It as a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Raw::Untyped(text) | Raw::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Untyped(text) | Raw::Text(text) => write!(f, "\"{:?}\"", Shown(text)),
            Raw::Number(text) => write!(f, "{:?}", Shown(text)),
            Raw::Truth(truth) => truth.fmt(f),
            Raw::List(_) => f.write_str("a list"),
            Raw::Other(what) => f.write_str(what),
        }
    }
}
