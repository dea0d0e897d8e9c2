/**
 * A report page: one HTML file with charts and tables that opens from a disk, for nothing in it is fetched.
 *
 * <ul>
 *   <li>What one says: {@code Page} is made of {@code Table}s and {@code Chart}s, which are plain values: {@code LineChart}, {@code
 *       BarChart}, {@code PointMap}, with an {@code Axis}
 *   <li>What becomes of it: {@code PageHtml} from the resources beside this package, into which Chart.js (MIT) is copied; {@code
 *       ChartData} for the page's script; {@code Numbers} as people read them; {@code Texts} that stay texts
 * </ul>
 */
package dev.packhorse.jobs.page;
