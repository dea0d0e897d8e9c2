/** What lives in an executor longer than a task: opened models, what they encoded lately, and what they may compute with, which a driver may ask for. */
package dev.packhorse.udf.resident;
