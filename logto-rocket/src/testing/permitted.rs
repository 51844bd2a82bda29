use rocket::Config;
use rocket::figment::Profile;

use super::error::IdpError;

/// A provider without passwords is for debug builds in the debug profile.
pub(crate) fn permitted(profile: &Profile, debug_assertions: bool) -> Result<(), IdpError> {
    if !debug_assertions {
        return Err(IdpError::ReleaseBuild);
    }
    if *profile != Config::DEBUG_PROFILE {
        return Err(IdpError::Profile(profile.to_string()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_only_in_a_debug_build_and_the_debug_profile() {
        assert_eq!(permitted(&Config::DEBUG_PROFILE, true), Ok(()));
        assert_eq!(permitted(&Config::DEBUG_PROFILE, false), Err(IdpError::ReleaseBuild));
        let release = permitted(&Config::RELEASE_PROFILE, true);
        assert_eq!(release, Err(IdpError::Profile("release".into())));
        let staging = permitted(&Profile::const_new("staging"), true);
        assert_eq!(staging, Err(IdpError::Profile("staging".into())));
    }
}
