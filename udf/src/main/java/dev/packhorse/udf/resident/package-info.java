/** What lives in an executor longer than a task: opened models, what they encoded lately, and what they may compute with. */
package dev.packhorse.udf.resident;
