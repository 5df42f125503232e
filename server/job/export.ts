// Makes the files of exports that were ordered, a few a minute: each is a page of rows, so that however long the period
// is, no run holds more than one file in memory.
import { makeNextFile, type ExportPorts } from "../store/finance-export.ts";

const filesPerRun = 20;

export async function makeExports(ports: ExportPorts): Promise<void> {
  for (let files = 0; files < filesPerRun; files++) {
    if (!(await makeNextFile(ports))) return;
  }
}
