package dev.packhorse.jobs.charts;

import java.util.List;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Vectors as points of the plane in which they differ most: a principal component analysis.
 *
 * @param points [N][2]
 * @param shares [2] of all that vectors differ in, what each axis has, 0 to 1
 */
record Plane(double[][] points, double[] shares) {

    /**
     * Finds it.
     *
     * @param vectors N of them, all [D]; two or more of each
     */
    static Plane of(List<float[]> vectors) {
        var centred = centred(vectors); // [N, D]
        var n = centred.getRowDimension();
        // both products have the same eigenvalues, and the smaller one does
        var fewRows = n <= centred.getColumnDimension();
        var product = fewRows
                ? centred.multiply(centred.transpose()) // [N, N]
                : centred.transpose().multiply(centred); // [D, D]
        var eigen = new EigenDecomposition(product); // the largest value first
        var points = new double[n][2];
        var shares = new double[2];
        var all = product.getTrace();
        for (var axis = 0; axis < 2; axis++) {
            var value = Math.max(0, eigen.getRealEigenvalue(axis));
            var vector = eigen.getEigenvector(axis);
            var places = fewRows
                    ? vector.mapMultiply(Math.sqrt(value)).toArray() // [N]
                    : centred.operate(vector).toArray();
            var sign = sign(places);
            for (var i = 0; i < n; i++) {
                points[i][axis] = sign * places[i];
            }
            shares[axis] = all > 0 ? value / all : 0;
        }
        return new Plane(points, shares);
    }

    /** @return [N, D] */
    private static RealMatrix centred(List<float[]> vectors) {
        var dimension = vectors.get(0).length;
        var rows = new double[vectors.size()][dimension];
        for (var j = 0; j < dimension; j++) {
            var sum = 0.0;
            for (var vector : vectors) {
                sum += vector[j];
            }
            var mean = sum / vectors.size();
            for (var i = 0; i < rows.length; i++) {
                rows[i][j] = vectors.get(i)[j] - mean;
            }
        }
        return MatrixUtils.createRealMatrix(rows);
    }

    /** An axis may point either way; the farthest point is on its positive side, so that the same vectors give the same picture. */
    private static double sign(double[] places) {
        var farthest = 0.0;
        for (var place : places) {
            farthest = Math.abs(place) > Math.abs(farthest) ? place : farthest;
        }
        return farthest < 0 ? -1 : 1;
    }
}
