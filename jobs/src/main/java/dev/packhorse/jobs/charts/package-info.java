/**
 * What the report pages of runs show, for {@code --report-page}. {@code RunPage} collects it while a run goes on and writes the page
 * ({@code PageFile}) at its end: facts, among them the {@code Machine}; {@code TextCharts} (with a {@code LengthHistogram}) and {@code WorkCharts} of what tasks
 * counted; and a {@code VectorMap} of a {@code VectorSample}, brought down to a {@code Plane}.
 */
package dev.packhorse.jobs.charts;
