#!/bin/sh
# For GIT_ASKPASS of scripts that start git, as in the image of 0.18.
case "$1" in
Username*) printf '%s\n' "${GIT_USERNAME}" ;;
Password*) printf '%s\n' "${GIT_PASSWORD}" ;;
esac
