/** @file Lets a worker run the TypeScript of a checkout. Not part of the build. */
import { register } from "tsx/esm/api";

register();
