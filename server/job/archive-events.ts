// Lets events that are older than the retention leave the log, some segments a minute, so that no run uses up its statements.
import { archiveNextSegment, type ArchivePorts } from "../store/event-archive.ts";

/** A step is some twelve statements. */
const segmentsPerRun = 20;

export async function archiveEvents(ports: ArchivePorts): Promise<void> {
  for (let segments = 0; segments < segmentsPerRun; segments++) {
    if (!(await archiveNextSegment(ports))) return;
  }
}
