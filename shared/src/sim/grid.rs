//! A uniform grid over points, rebuilt per tick by counting sort: cheaper at a few hundred things than keeping
//! anything up to date. Derived data; never stored, sent or hashed.

use glam::Vec2;

/// Side of a cell, u: about a third of a view's half width.
const CELL: f32 = 256.0;
/// Cells per side; points beyond ±8,192 u count in the rim cells.
const SIDE: usize = 64;

/// Points by cell.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    starts: Vec<u32>,
    items: Vec<u16>,
}

impl Grid {
    /// A grid of these points; queries answer with their indices (at most 65,536 points).
    #[must_use]
    pub fn new(points: &[Vec2]) -> Grid {
        let mut grid = Grid::default();
        grid.rebuild(points);
        grid
    }

    /// Replaces the points.
    pub fn rebuild(&mut self, points: &[Vec2]) {
        self.starts.clear();
        self.starts.resize(SIDE * SIDE + 1, 0);
        for point in points {
            self.starts[cell_of(*point) + 1] += 1;
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        self.items.clear();
        self.items.resize(points.len(), 0);
        for (index, point) in points.iter().enumerate().rev() {
            let cell = cell_of(*point);
            // Filling each cell from its end, backwards, leaves its indices in ascending order.
            let end = self.starts[cell + 1] - 1;
            self.starts[cell + 1] = end;
            self.items[end as usize] = index as u16;
        }
        self.starts.rotate_left(1);
        let last = self.starts.len() - 1;
        self.starts[last] = points.len() as u32;
    }

    /// Writes into `found` the indices of all points in cells that touch the rectangle, ascending. Some lie a
    /// little outside it; the caller measures.
    pub fn near(&self, low: Vec2, high: Vec2, found: &mut Vec<u16>) {
        self.touched(low, high, found);
        found.sort_unstable();
    }

    /// The same in order of cells: cheaper, for whoever does not mind.
    pub fn touched(&self, low: Vec2, high: Vec2, found: &mut Vec<u16>) {
        found.clear();
        if self.starts.is_empty() {
            return;
        }
        let (x_low, x_high) = (axis(low.x), axis(high.x));
        for y in axis(low.y)..=axis(high.y) {
            let (from, to) = (self.starts[y * SIDE + x_low], self.starts[y * SIDE + x_high + 1]);
            found.extend_from_slice(&self.items[from as usize..to as usize]);
        }
    }
}

fn axis(coordinate: f32) -> usize {
    ((coordinate / CELL) + (SIDE / 2) as f32).clamp(0.0, (SIDE - 1) as f32) as usize
}

fn cell_of(point: Vec2) -> usize {
    axis(point.y) * SIDE + axis(point.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points() -> impl Strategy<Value = Vec<Vec2>> {
        let axis = -9_000.0f32..9_000.0;
        proptest::collection::vec((axis.clone(), axis).prop_map(|(x, y)| Vec2::new(x, y)), 0..200)
    }

    proptest! {
        #[test]
        fn every_point_in_the_rectangle_is_found_once(points in points(), x in -9_000.0f32..9_000.0, y in -9_000.0f32..9_000.0, size in 0.0f32..3_000.0) {
            let (low, high) = (Vec2::new(x, y), Vec2::new(x + size, y + size));
            let mut found = Vec::new();
            Grid::new(&points).near(low, high, &mut found);
            let mut unique = found.clone();
            unique.dedup();
            prop_assert_eq!(&unique, &found);
            for (index, point) in points.iter().enumerate() {
                if point.cmpge(low).all() && point.cmple(high).all() {
                    prop_assert!(found.contains(&(index as u16)));
                }
            }
        }
    }
}
