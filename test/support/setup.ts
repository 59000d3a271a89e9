/** Property tests draw the same cases in every run, so that a change is judged by what it changes; `FUZZ=1` draws new ones. */
import fc from "fast-check";

if (process.env["FUZZ"] === undefined) fc.configureGlobal({ seed: 20261123 });
