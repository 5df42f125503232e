// Tells, at the end of each test file, what the application answered in it.
import { afterAll } from "vitest";
import { tellSeen } from "./seen.ts";

afterAll(tellSeen);
