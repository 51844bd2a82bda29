//! [`Answer`]: whether a requirement holds, in three values.

/// Whether a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Met,
    Refused,
    Unknown,
}

impl Answer {
    /// One that is refused decides; else one that is unknown.
    pub fn all(answers: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Met;
        for answer in answers {
            match answer {
                Self::Refused => return Self::Refused,
                Self::Unknown => all = Self::Unknown,
                Self::Met => {}
            }
        }
        all
    }
}

impl std::ops::Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Met => Self::Refused,
            Self::Refused => Self::Met,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<Option<bool>> for Answer {
    fn from(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, |met| if met { Self::Met } else { Self::Refused })
    }
}
