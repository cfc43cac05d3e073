//! A reviewer's preferences on a queue, remembered for the next time.

use super::engine::params;
use super::{Result, Store};
use crate::domain::order::Order;
use crate::domain::queue::Queue;

const ORDER: &str = "order";

impl Store {
    /// The order in which the reviewer chose to be served last; else, where bars count what is decided,
    /// that of their stream.
    pub fn usual_order(&self, queue: &Queue, reviewer: &str) -> Result<Order> {
        let order = self.preference(queue, reviewer, ORDER)?;
        let by_itself = if queue.spec.spec.judged_bars().next().is_some() { Order::Stream } else { Order::default() };
        Ok(order.and_then(|order| order.parse().ok()).unwrap_or(by_itself))
    }

    pub fn remember_order(&self, queue: &Queue, reviewer: &str, order: Order) -> Result<()> {
        self.set_preference(queue, reviewer, ORDER, &order.to_string())
    }

    fn preference(&self, queue: &Queue, reviewer: &str, name: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM habit WHERE queue_id = ?1 AND reviewer = ?2 AND name = ?3";
        self.first(sql, params![queue.id, reviewer, name], |row| row.string(0))
    }

    fn set_preference(&self, queue: &Queue, reviewer: &str, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO habit (queue_id, reviewer, name, value) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (queue_id, reviewer, name) DO UPDATE SET value = excluded.value";
        self.write(|tx| tx.execute(sql, params![queue.id, reviewer, name, value])).map(drop)
    }
}
