//! The texts in German.

use super::kept::Kept;
use super::label::Label;
use super::phrases::{Phrases, Words, joined, words};
use super::topic::Topic;
use crate::error::Lack;
use crate::request::NotListed;
use crate::shown::shown;

pub(super) struct German;

impl Phrases for German {
    #[expect(clippy::too_many_lines, reason = "a table with a row for each page")]
    fn words(&self, topic: Topic) -> Words {
        match topic {
            Topic::NotSignedIn => words("Nicht angemeldet", "Dafür müssen Sie angemeldet sein."),
            Topic::SignInLoop => words(
                "Die Anmeldung hat nicht funktioniert",
                "Sie haben sich zweimal angemeldet, und Ihr Browser sendet noch immer keine gültige Sitzung. \
                 Vielleicht lehnt er Cookies ab, oder Sie haben diese Website unter einem Namen geöffnet, \
                 für den sie nicht eingerichtet ist. Wenn ein neuer Versuch nicht hilft, melden Sie sich \
                 bei Logto, dem Anmeldedienst, ab und beginnen Sie von vorn.",
            ),
            Topic::SignInFirst => {
                words("Bitte melden Sie sich zuerst an", "Sie sind nicht angemeldet.")
            }
            Topic::SignInInFrame => words(
                "Bitte melden Sie sich in einem neuen Tab an",
                "Der Anmeldedienst zeigt seine Seiten nicht innerhalb einer anderen Seite.",
            ),
            Topic::SignInTooOld => words(
                "Bitte melden Sie sich erneut an",
                "Bitte melden Sie sich erneut an, um zu bestätigen, dass Sie es sind.",
            ),
            Topic::SignInAskedLess => words(
                "Bitte melden Sie sich erneut an",
                "Diese Seite braucht mehr Berechtigungen, als bei Ihrer Anmeldung angefragt wurden. Bitte \
                 melden Sie sich erneut an.",
            ),
            Topic::SignInStaysOld => words(
                "Eine aktuelle Anmeldung ist nötig",
                "Sie haben sich gerade angemeldet, aber der Anmeldedienst hat Ihr Passwort nicht erneut \
                 abgefragt oder nicht mitgeteilt, wann er es zuletzt getan hat.",
            ),
            Topic::Undecided => words(
                "Bitte versuchen Sie es gleich noch einmal",
                "Wir können im Moment nicht prüfen, ob Sie Zugriff haben.",
            ),
            Topic::ForeignOrigin => {
                words("Diese Anfrage kam von einer anderen Website", "Sie wurde nicht ausgeführt.")
            }
            Topic::Denied => words("Kein Zugriff", "Ihr Konto hat keinen Zugriff auf diese Seite."),
            Topic::ClaimsMissing => {
                words("Kein Zugriff", "In Ihrem Konto fehlt eine Angabe, die diese Seite braucht.")
            }
            Topic::NoOrganization => words("Nicht gefunden", "Diese Organisation gibt es nicht."),
            Topic::NoAccessToken => words(
                "Ein Zugriffstoken ist nötig",
                "Senden Sie eines, das Logto für diese API ausgestellt hat, als `Authorization: Bearer …`.",
            ),
            Topic::InvalidAuthorization => words(
                "Der Header Authorization ist fehlerhaft",
                "Senden Sie ihn einmal, als `Authorization: Bearer …` mit einem Zugriffstoken.",
            ),
            Topic::InvalidAccessToken => words(
                "Das Zugriffstoken ist nicht gültig",
                "Es ist abgelaufen, gilt nicht für diese API oder diese Organisation, oder es stammt nicht \
                 von dem Logto, dem diese API vertraut. Holen Sie bei Logto ein neues.",
            ),
            Topic::InsufficientScope => words(
                "Das Zugriffstoken erlaubt dies nicht",
                "Ihm fehlt eine Berechtigung, die diese Adresse verlangt.",
            ),
            Topic::InsufficientUserAuthentication => words(
                "Eine aktuelle Anmeldung ist nötig",
                "Die Person hinter dem Zugriffstoken hat sich nicht vor Kurzem angemeldet, oder das Token \
                 sagt nicht, wann.",
            ),
            Topic::Misconfigured | Topic::NotAttached => words(
                "Diese Seite funktioniert nicht",
                "Wer diese Anwendung betreibt, findet den Grund im Protokoll.",
            ),
            Topic::NotANavigation => words(
                "Hier melden Sie sich an",
                "Öffnen Sie diese Adresse in einem Browser, um sich anzumelden. Wenn eine Seite diese \
                 Adresse lädt, beginnt keine Anmeldung.",
            ),
            Topic::SignInNotStarted => words(
                "Die Anmeldung konnte nicht beginnen",
                "Wer diese Anwendung betreibt, findet den Grund im Protokoll.",
            ),
            Topic::SignInAgain => words(
                "Erneut anmelden?",
                "Der Link, der Sie hierher geführt hat, meldet Sie noch einmal an, vielleicht mit einem \
                 anderen Konto.",
            ),
            Topic::SignedIn => {
                words("Sie sind angemeldet", "Sie werden zu Ihrer Seite weitergeleitet.")
            }
            Topic::SignedInElsewhere => words(
                "Sie sind angemeldet",
                "Diese Anmeldung ist schon abgeschlossen. Gehen Sie weiter zu Ihrer Seite.",
            ),
            Topic::SignOut => words("Abmelden?", "Noch ist nichts geschehen."),
            Topic::SignedOutHere => words(
                "Sie sind hier abgemeldet",
                "Der Anmeldedienst antwortet nicht, daher sind Sie dort vielleicht noch angemeldet. Wenn \
                 auch andere diesen Computer benutzen, schließen Sie den Browser.",
            ),
            Topic::SignedOutInThisBrowser => words(
                "Sie sind in diesem Browser abgemeldet",
                "Die Sitzung konnte nicht überall beendet werden. Wenn auch andere diesen Computer benutzen, \
                 schließen Sie den Browser.",
            ),
            Topic::LogtoUnavailable => words(
                "Der Anmeldedienst antwortet nicht",
                "Bitte versuchen Sie es gleich noch einmal.",
            ),
            Topic::StoreUnavailable => words(
                "Bitte versuchen Sie es gleich noch einmal",
                "Die Sitzungen dieser Anwendung sind im Moment nicht erreichbar.",
            ),
            Topic::BadAnswer => words(
                "Der Anmeldedienst ist nicht nutzbar",
                "Er hat eine Antwort gesendet, mit der diese Anwendung nichts anfangen kann. Wer sie \
                 betreibt, findet den Grund im Protokoll.",
            ),
            Topic::RefusedByLogto => words(
                "Der Anmeldedienst hat abgelehnt",
                "Er hat nicht getan, worum ihn diese Anwendung gebeten hat. Wer sie betreibt, findet den \
                 Grund im Protokoll.",
            ),
            Topic::InvalidToken => words(
                "Der Anmeldedienst ist nicht nutzbar",
                "Die Prüfung seiner Antwort ist fehlgeschlagen. Wer diese Anwendung betreibt, findet den Grund im \
                 Protokoll.",
            ),
            Topic::RepeatedParameter | Topic::WrongIssuer => words(
                "Dieser Anmeldelink ist nicht gültig",
                "Der Anmeldedienst hat diesen Link nicht in der erwarteten Form gesendet. Es hat sich nichts \
                 geändert.",
            ),
            Topic::OtherIssuer => words(
                "Dieser Anmeldelink ist nicht für diese Website",
                "Die Website, von der Sie kommen, verwendet einen anderen Anmeldedienst als diese. Es hat \
                 sich nichts geändert.",
            ),
            Topic::UnlistedHost => words(
                "Dies ist nicht die Adresse dieser Website",
                "Sie ist unter einem anderen Namen erreichbar.",
            ),
            Topic::UnknownSignIn => words(
                "Diese Anmeldung ist unbekannt",
                "In diesem Browser haben seitdem andere Anmeldungen begonnen, oder er nimmt keine Cookies \
                 an.",
            ),
            Topic::SignInTooLate => words(
                "Diese Anmeldung hat zu lange gedauert",
                "Sie sind nicht angemeldet. Bitte melden Sie sich noch einmal an; danach gelangen Sie auf \
                 dieselbe Seite.",
            ),
            Topic::UsedSignIn => words(
                "Diese Anmeldung ist beendet",
                "Sie wurde schon benutzt. Bitte melden Sie sich erneut an.",
            ),
            Topic::SignInExpired => words(
                "Diese Anmeldung ist beendet",
                "Sie hat zu lange gedauert oder wurde schon benutzt.",
            ),
            Topic::SignInCancelled => {
                words("Die Anmeldung wurde abgebrochen", "Es hat sich nichts geändert.")
            }
            Topic::AccessDenied | Topic::SignInRefused => words(
                "Sie dürfen sich hier nicht anmelden",
                "Ihr Konto hat keinen Zugriff auf diese Anwendung.",
            ),
            Topic::InteractionRequired => words(
                "Die Anmeldung wurde nicht abgeschlossen",
                "Der Anmeldedienst muss Sie zuerst etwas fragen.",
            ),
            Topic::SessionTooLarge => words(
                "Die Anmeldung konnte nicht abgeschlossen werden",
                "Ihr Konto hat zu viele Daten für diese Anwendung. Wer sie betreibt, kann das beheben.",
            ),
        }
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::GoOn => "Weiter",
            Label::Home => "Zur Startseite",
            Label::SignIn => "Anmelden",
            Label::SignInInNewTab => "In einem neuen Tab anmelden",
            Label::SignOut => "Abmelden",
            Label::SignOutAtLogto => "Bei Logto abmelden",
            Label::StaySignedIn => "Angemeldet bleiben",
            Label::TryAgain => "Erneut versuchen",
            Label::UseAnotherAccount => "Anderes Konto verwenden",
        }
    }

    fn hand_over(&self) -> Words {
        words(
            "Einen Moment",
            "Ihr Browser geht weiter zur nächsten Seite. Wenn nicht, folgen Sie dem Link.",
        )
    }

    fn sign_in_in_new_tab(&self, kept: Kept) -> &'static str {
        match kept {
            Kept::Form => {
                "Das Formular wurde nicht angenommen. Melden Sie sich in einem neuen Tab an, kehren Sie zu \
                 diesem Tab zurück, laden Sie ihn neu und bestätigen Sie, dass Sie das Formular noch einmal \
                 senden möchten. Ihre Eingaben sind noch da."
            }
            Kept::Frame => {
                "Melden Sie sich in einem neuen Tab an, kehren Sie hierher zurück und laden Sie diese Seite \
                 neu."
            }
        }
    }

    fn signed_in_as(&self, name: &str) -> String {
        format!("Sie sind als {name} angemeldet.")
    }

    fn refused(&self, name: &str) -> String {
        format!("Sie haben sich als {name} angemeldet.")
    }

    fn lacking(&self, lacks: &[Lack]) -> String {
        let names = lacks.iter().map(|lack| match lack {
            Lack::Role => "eine bestimmte Rolle",
            Lack::Permission => "eine bestimmte Berechtigung",
            Lack::Membership { here: true } => "die Mitgliedschaft in dieser Organisation",
            Lack::Membership { here: false } => {
                "die Mitgliedschaft in einer bestimmten Organisation"
            }
            Lack::OrganizationRole { here: true } => "eine bestimmte Rolle in dieser Organisation",
            Lack::OrganizationRole { here: false } => {
                "eine bestimmte Rolle in einer bestimmten Organisation"
            }
            Lack::Detail => "eine bestimmte Angabe",
            Lack::Condition => "etwas anderes, das diese Website prüft",
        });
        let names = joined(&names.collect::<Vec<_>>(), "oder");
        format!("Ihrem Konto fehlt, was für diese Seite nötig ist: {names}.")
    }

    fn unlisted_host(&self, why: &NotListed, site: &str) -> String {
        let sent = match why {
            NotListed::Other(Some(host)) => {
                format!("Der `Host` der Anfrage ist `{}`", shown(host))
            }
            NotListed::Other(None) => "Die Anfrage hat keinen `Host`".into(),
            NotListed::Several => "Die Anfrage nennt mehrere Hosts".into(),
        };
        format!(
            "Öffnen Sie stattdessen {site}. {sent}. Für den Betrieb: Wenn ein Proxy vor dieser Anwendung \
             steht, muss er den Host weitergeben (nginx: `proxy_set_header Host $host`)."
        )
    }
}
