//! How a setting is declared: once, with key, type, default, kind and doc comment, by `settings!`.
//!
//! From that one place come the field, its default, the parser of every source, `--help`, `--print-config` and what a
//! reload may change. Adding a setting is its declaration and the place that uses it.

use super::{kind::Kind, raw::Raw};

/// What is special about a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It has a flag of this name, and the environment variable that goes with it.
    Flag(&'static str),
    /// A reload changes it in the running server.
    Live,
    /// A reload changes it as soon as nobody plays there: a room is built with it.
    Vacant,
    /// It is never shown, and the environment may name a file that holds it.
    Secret,
}

/// A setting of the section `S`.
#[derive(Debug)]
pub struct Row<S> {
    /// Its key in the file.
    pub key: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What is special about it.
    pub marks: &'static [Mark],
    /// What may stand there.
    pub allowed: fn() -> String,
    /// What help calls the value.
    pub placeholder: fn() -> &'static str,
    /// What it means to leave it unset.
    pub unset: fn() -> Option<&'static str>,
    /// What was probably meant by a value that is not allowed.
    pub meant: fn(&Raw) -> Option<String>,
    /// Sets it; false when the value is not allowed.
    pub set: fn(&mut S, &Raw) -> bool,
    /// Its value in TOML; `None` when it is unset.
    pub write: fn(&S) -> Option<String>,
}

impl<S> Row<S> {
    /// Its flag, if it has one.
    #[must_use]
    pub fn flag(&self) -> Option<&'static str> {
        self.marks.iter().find_map(|mark| if let Mark::Flag(flag) = mark { Some(*flag) } else { None })
    }

    /// Whether it is never shown.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.marks.contains(&Mark::Secret)
    }

    /// Whether a reload changes it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.marks.contains(&Mark::Live)
    }

    /// When a change holds that is no more than read again; `None` at once.
    #[must_use]
    pub fn waits_for(&self) -> Option<&'static str> {
        if self.marks.contains(&Mark::Vacant) {
            return Some("waits until nobody plays there");
        }
        (!self.is_live()).then_some("needs a restart")
    }
}

/// A part of the settings with rows of its own.
pub trait Section: Default + Sized + 'static {
    /// What it is about.
    const ABOUT: &'static str;
    /// Its settings, in the order in which they are printed.
    const ROWS: &'static [Row<Self>];
}

/// Ties a kind to the type of its field: a range of bare numbers says nothing of it.
pub fn of_type<T, K: Kind<Value = T>>(kind: K) -> K {
    kind
}

/// Declares a section: the struct, its defaults and its rows. A row reads
/// `/// doc`, `key: Type = default, kind, [Mark, …];`. What stands under `besides` is part of the struct and set by
/// other means.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $key:ident: $type:ty = $default:expr, $kind:expr, [$($mark:ident $(($arg:expr))?),*];
            )*
        }
        $(besides {
            $( $(#[doc = $other_doc:literal])+ $other:ident: $other_type:ty = $other_default:expr; )*
        })?
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $key: $type, )*
            $($( $(#[doc = $other_doc])+ pub $other: $other_type, )*)?
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $( $key: $default, )* $($( $other: $other_default, )*)? }
            }
        }

        impl $crate::config::setting::Section for $name {
            const ABOUT: &'static str = concat!($($about, "\n"),+);
            const ROWS: &'static [$crate::config::setting::Row<Self>] = &[$(
                $crate::config::setting::Row {
                    key: stringify!($key),
                    doc: concat!($($doc, "\n"),+),
                    marks: &[$( $crate::config::setting::Mark::$mark $(($arg))? ),*],
                    allowed: || $crate::config::kind::Kind::allowed(&$crate::config::setting::of_type::<$type, _>($kind)),
                    placeholder: || {
                        $crate::config::kind::Kind::placeholder(&$crate::config::setting::of_type::<$type, _>($kind))
                    },
                    unset: || $crate::config::kind::Kind::unset(&$crate::config::setting::of_type::<$type, _>($kind)),
                    meant: |raw| $crate::config::kind::Kind::meant(&$crate::config::setting::of_type::<$type, _>($kind), raw),
                    set: |section: &mut $name, raw| match $crate::config::kind::Kind::read(&$kind, raw) {
                        Some(value) => {
                            section.$key = value;
                            true
                        }
                        None => false,
                    },
                    write: |section: &$name| $crate::config::kind::Kind::write(&$kind, &section.$key),
                }
            ),*];
        }
    };
}

pub(crate) use settings;
