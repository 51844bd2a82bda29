//! Logto sign-in for Rocket.
